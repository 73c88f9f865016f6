using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.Kpis;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>Storage bills and throttles by the request, so requests are counted: those of the app and those of the host that reads its queues.</summary>
public sealed class StorageOperationsTests(AzuriteFixture azurite)
{
    private const string DeliveryId = "d";

    [Fact]
    public async Task Two_thousand_messages_of_a_request_cost_at_most_an_eighth_of_an_operation_each()
    {
        const int Messages = 2_000;
        // Feedback is collected by time, not by message: its own test counts that.
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, services => services.AddSingleton(new FeedOptions { Interval = TimeSpan.FromMinutes(1) }), []);
        await mta.DeclareAsync(DeliveryId, new { expectedSize = Messages });
        var partitions = await PartitionsAsync(mta);

        var before = mta.StorageRequests;
        await mta.RelayAsync(DeliveryId, Enumerable.Range(0, Messages).Select(n => $"m{n}"));
        await Eventually.IsTrueAsync(() => mta.Sink.Ledger.Messages.Count == Messages, "the sink has all messages");
        var reads = 0;
        await Eventually.IsTrueAsync(async () =>
        {
            reads++;
            return (await CountersAsync(mta)).Delivered == Messages;
        }, "all are settled");
        // Reading the counters is the test's own doing: the declaration, and each partition's row.
        var operations = mta.StorageRequests - before - reads * (1 + partitions);

        TestContext.Current.SendDiagnosticMessage($"{operations} storage operations for {Messages} messages: {(double)operations / Messages:0.000} each.");
        Assert.InRange(operations, 1, Messages / 8);
    }

    [Fact]
    public async Task A_summary_reads_one_row_of_each_partition_and_one_of_domains_whatever_the_size_of_the_delivery()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        // No expected size, so the delivery gets as many partitions as a large one.
        await mta.DeclareAsync(DeliveryId, new { });
        var partitions = await PartitionsAsync(mta);
        var relayed = 0;
        foreach (var messages in new[] { 1, 1_000 })
        {
            await mta.RelayAsync(DeliveryId, Enumerable.Range(relayed, messages).Select(n => $"m{n}"));
            relayed += messages;
            await mta.SettledAsync(DeliveryId, waiting: 0);
            // The first one adds the domains up.
            mta.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.False((await mta.SummaryAsync(DeliveryId)).TryGetProperty("asOf", out _));

            // Feedback is collected meanwhile, now and then.
            var least = long.MaxValue;
            for (var read = 0; read < 5; read++)
            {
                var before = mta.Storage.Operations.Count;
                Assert.Equal(relayed, (await mta.SummaryAsync(DeliveryId)).GetProperty("delivered").GetInt64());
                least = Math.Min(least, mta.Storage.Operations.Count - before);
            }

            Assert.Equal(1 + partitions + 1, least);
        }

        Assert.InRange(partitions, 2, 16);
    }

    private static async Task<Counters> CountersAsync(MtaUnderTest mta)
    {
        var services = mta.Host.Services;
        var delivery = await services.GetRequiredService<DeliveryStore>().FindAsync(DeliveryId, TestContext.Current.CancellationToken);
        return await services.GetRequiredService<DeliveryKpis>().CountersAsync(delivery!, TestContext.Current.CancellationToken);
    }

    private static async Task<int> PartitionsAsync(MtaUnderTest mta) =>
        (await mta.Host.Services.GetRequiredService<DeliveryStore>().FindAsync(DeliveryId, TestContext.Current.CancellationToken))!.Shards;
}
