using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.SendingLog;
using Azure.Core;
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
            await using var another = new FeedProcess(account, _clock, n);
            await another.CommitAsync(new LogPartition("d", n), $"m{n}");
        }

        Assert.Equal(3, await RoundAsync(calm));
        Assert.Equal(3, (await calm.ReadAsync()).Count);
        for (var round = 0; round < 5; round++)
        {
            _clock.Advance(FeedChain.Interval);
            Assert.Equal(1, await RoundAsync(calm));
        }

        _clock.Advance(FeedCollector.QuietTime);
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
            _clock.Advance(FeedChain.Interval);
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
        await using (var dying = new FeedProcess(account, _clock, 2))
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
        Assert.Equal((await calm.Storage.Log.QueryAsync<Azure.Data.Tables.TableEntity>("RowKey ge 'f~' and RowKey lt 'g'").CountAsync()), (await calm.ReadAsync()).Count);
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
        var process = new FeedProcess(account, _clock, 1);
        await process.Storage.EnsureCreatedAsync(CancellationToken.None);
        await process.DeclareAsync("d");
        return process;
    }

    /// <summary>Runs what is in the queue, visible or not.</summary>
    private static async Task<int> RoundAsync(FeedProcess process)
    {
        var messages = await TakeAsync(process);
        foreach (var (text, id) in messages)
            await process.Get<FeedChain>().RunAsync(text, id, CancellationToken.None);
        return messages.Count;
    }

    /// <summary>Storage hides messages by its own clock: waits until nothing is left.</summary>
    private static async Task<List<(string Text, string Id)>> TakeAsync(FeedProcess process)
    {
        var taken = new List<(string, string)>();
        while ((await process.Storage.Feedback.GetPropertiesAsync()).Value.ApproximateMessagesCount > 0)
        {
            foreach (var message in (await process.Storage.Feedback.ReceiveMessagesAsync(32)).Value)
            {
                await process.Storage.Feedback.DeleteMessageAsync(message.MessageId, message.PopReceipt);
                taken.Add((message.MessageText, message.MessageId));
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return taken;
    }
}
