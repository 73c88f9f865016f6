using Azure.Core;
using Azure.Data.Tables;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>Somebody collects while there is something to collect; one is enough, and none when all is quiet.</summary>
public sealed class FeedChainTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public async Task Of_many_that_begin_one_goes_on_and_ends_when_all_is_quiet()
    {
        var account = azurite.NewAccount();
        await using var calm = await StartAsync(account);
        for (var n = 0; n < 3; n++)
        {
            await using var another = NewProcess(account, n);
            await another.CommitAsync(new LogPartition("d", n), $"m{n}");
        }

        Assert.Equal(3, await RoundAsync(calm));
        Assert.Equal(3, (await calm.ReadAsync()).Count);
        for (var round = 0; round < 5; round++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(1, await RoundAsync(calm));
        }

        _clock.Advance(new FeedOptions().QuietTime);
        Assert.Equal(1, await RoundAsync(calm));
        Assert.Equal(0, await RoundAsync(calm));

        // What comes later begins it anew.
        await calm.CommitAsync(new LogPartition("d", 0), "later");
        Assert.Equal(1, await RoundAsync(calm));
        Assert.Equal(4, (await calm.ReadAsync()).Count);
    }

    [Fact]
    public async Task A_message_that_comes_twice_makes_no_second_chain()
    {
        await using var calm = await StartAsync(azurite.NewAccount());
        await calm.CommitAsync(new LogPartition("d", 0), "m");
        var message = (await TakeAsync(calm)).Single();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => calm.Get<FeedChain>().RunAsync(message.Text, message.Id, CancellationToken.None)));
        for (var round = 0; round < 4; round++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            await RoundAsync(calm);
        }

        Assert.Equal(1, await RoundAsync(calm));
        Assert.Single(await calm.ReadAsync());
    }

    [Theory]
    [InlineData("mark")]
    [InlineData("queue")]
    [InlineData("collect")]
    public async Task What_a_death_leaves_behind_is_found_by_the_sweeper(string dies)
    {
        var account = azurite.NewAccount();
        await using var calm = await StartAsync(account);
        await using (var dying = NewProcess(account, 2))
        {
            // Before the queue message of a mark; or with its transaction made and the chain's next message not sent.
            dying.Faults.DiesBefore = request => dies switch
            {
                "mark" => request.Uri.Path.Contains("feed(", StringComparison.Ordinal),
                "queue" => IsQueueing(request),
                _ => false,
            };
            await IgnoreDeathAsync(dying.CommitAsync(new LogPartition("d", 0), "m"));
            if (dies == "collect")
            {
                var message = (await TakeAsync(dying)).Single();
                dying.Faults.DiesBefore = IsQueueing;
                await IgnoreDeathAsync(dying.Get<FeedChain>().RunAsync(message.Text, message.Id, CancellationToken.None));
            }

            Assert.True(dying.Faults.IsDead);
        }

        Assert.Empty(await TakeAsync(calm));
        if (dies != "collect")
            await calm.CommitAsync(new LogPartition("d", 1), "other");
        await TakeAsync(calm);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await calm.Get<FeedChain>().ReviveAsync(CancellationToken.None);
        Assert.Equal(1, await RoundAsync(calm));
        var pages = calm.Storage.Log.QueryAsync<TableEntity>("RowKey ge 'f~' and RowKey lt 'g'", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(await pages.CountAsync(TestContext.Current.CancellationToken), (await calm.ReadAsync()).Count);
        // One that is alive needs no other.
        await TakeAsync(calm);
        await calm.Get<FeedChain>().ReviveAsync(CancellationToken.None);
        Assert.Empty(await TakeAsync(calm));
    }

    private static bool IsQueueing(Request request) => request.Method == RequestMethod.Post && request.Uri.Path.EndsWith("/messages", StringComparison.Ordinal);

    private static async Task IgnoreDeathAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (ProcessDiedException)
        {
            // As meant.
        }
    }

    private async Task<FeedProcess> StartAsync(string account)
    {
        var process = NewProcess(account, 1);
        await process.Storage.EnsureCreatedAsync(CancellationToken.None);
        await process.DeclareAsync("d");
        return process;
    }

    /// <summary>Storage hides messages by its own clock, which the test does not move: here none is hidden.</summary>
    private FeedProcess NewProcess(string account, int seed) => new(account, _clock, seed, feed: new FeedOptions { Interval = TimeSpan.Zero });

    /// <summary>Runs what is in the queue.</summary>
    private static async Task<int> RoundAsync(FeedProcess process)
    {
        var messages = await TakeAsync(process);
        foreach (var (text, id) in messages)
            await process.Get<FeedChain>().RunAsync(text, id, CancellationToken.None);
        return messages.Count;
    }

    private static async Task<List<(string Text, string Id)>> TakeAsync(FeedProcess process)
    {
        var messages = (await process.Storage.Feedback.ReceiveMessagesAsync(32)).Value;
        foreach (var message in messages)
            await process.Storage.Feedback.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        return [.. messages.Select(m => (m.MessageText, m.MessageId))];
    }
}
