using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>What feedback asks of storage.</summary>
public sealed class FeedOperationsTests(AzuriteFixture azurite)
{
    private const int Partitions = 4;
    private const int PagesOfEach = 50;
    private const int EventsOfPage = 32;
    private const int Events = Partitions * PagesOfEach * EventsOfPage;

    [Fact]
    public async Task Marking_collecting_pulling_and_pushing_cost_a_hundredth_of_an_operation_for_an_event_or_less()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
        await using var receiver = await FeedbackReceiver.StartAsync();
        await using var process = new FeedProcess(azurite.NewAccount(), clock, 1, FeedbackApiTests.PushTo(receiver.Url));
        await process.Storage.EnsureCreatedAsync(CancellationToken.None);
        await process.DeclareAsync("d");
        // The first transaction of each partition marks it and reads it; the others are one operation each, as they were without a feed.
        var before = process.Storage.Operations.Count;
        for (var page = 0; page < PagesOfEach; page++)
        {
            for (var shard = 0; shard < Partitions; shard++)
                await process.CommitAsync(new LogPartition("d", shard), Enumerable.Range(0, EventsOfPage).Select(n => $"m{page}.{shard}.{n}"));
        }

        var marked = process.Storage.Operations.Count - before - Partitions * PagesOfEach - Partitions;
        Assert.Equal(Partitions + 1, marked);

        before = process.Storage.Operations.Count;
        Assert.Equal(1, await process.CollectAsync());
        var collected = process.Storage.Operations.Count - before;
        // Head, marks, each partition's counters, whom to tell, the transaction.
        Assert.InRange(collected, 1, Partitions + 4);

        before = process.Storage.Operations.Count;
        Assert.Equal(Events, (await process.ReadAsync(limit: 1_000)).Count);
        var pulled = process.Storage.Operations.Count - before;
        before = process.Storage.Operations.Count;
        await process.PushAsync();
        var pushed = process.Storage.Operations.Count - before;
        Assert.Equal(Events, receiver.Events.Count);
        TestContext.Current.SendDiagnosticMessage(
            $"{Events} events: marking {marked}, one collection {collected}, pulling {pulled}, pushing {pushed} operations: {(double)pulled / Events:0.0000} and {(double)pushed / Events:0.0000} each.");
        Assert.InRange(pulled, 1, Events / 100);
        Assert.InRange(pushed, 1, Events / 100);
    }

    [Fact]
    public async Task A_delivery_with_its_feedback_pushed_costs_a_fraction_of_an_operation_for_a_message()
    {
        const int Messages = 2_000;
        await using var receiver = await FeedbackReceiver.StartAsync();
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: FeedbackApiTests.PushTo(receiver.Url));
        await mta.DeclareAsync("d", new { expectedSize = Messages });
        var before = mta.StorageRequests;
        await mta.RelayAsync("d", Enumerable.Range(0, Messages).Select(n => $"m{n}"));
        await Eventually.IsTrueAsync(() => receiver.Events.Count == 2 * Messages, "the receiver has all events");
        var operations = mta.StorageRequests - before;
        TestContext.Current.SendDiagnosticMessage($"{operations} storage operations for {Messages} messages, relayed, collected and pushed: {(double)operations / Messages:0.000} each.");
        Assert.Empty(receiver.Faults);
        // Collecting and polling go by time: the slower the machine the more of them.
        Assert.InRange(operations, 1, Messages / 2);
    }
}
