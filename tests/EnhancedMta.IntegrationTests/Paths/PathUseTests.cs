using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>How several processes share a path: its connections, its slices, its line.</summary>
public sealed class PathUseTests(AzuriteFixture azurite) : PathUseScene(azurite)
{
    [Fact]
    public async Task Marketing_mail_that_lacks_only_connections_comes_back_in_its_slice()
    {
        var (first, second) = (Process(), Process());
        // Too late in the slice to wait in line for a minute.
        Clock.SetUtcNow(Noon.AddSeconds(235));
        Assert.Equal(50, (await AdmitAsync(first, Marketing, 50)).Now);
        var refused = await AdmitAsync(second, Marketing, 80);
        // Of the slice's 100 the first has three more at hand; the 47 that are free are planned for, and the others go to the next.
        var slice = Slice.At(Clock.GetUtcNow());
        Assert.Equal(0, refused.Now);
        Assert.Equal([(Noon.AddMinutes(4), slice, 47), (slice.End, slice + 1, 33)], refused.Later.Select(l => (l.Due, l.Slice!.Value, l.Count)));
        Clock.SetUtcNow(Noon.AddMinutes(4));
        Assert.Equal(47, (await AdmitAsync(first, Marketing, 47, returning: 47)).Now);
        Assert.Equal(3, (await AdmitAsync(first, Marketing, 50)).Now);
    }

    [Fact]
    public async Task What_planned_to_come_and_lacks_only_connections_keeps_its_room()
    {
        var (first, second) = (Process(), Process());
        Assert.Equal(100, (await AdmitAsync(first, Marketing, 150)).Now);
        Clock.SetUtcNow(Noon.AddMinutes(5).AddSeconds(235));
        // It lives, and has all connections.
        Assert.Equal(10, (await AdmitAsync(first, Marketing, 10)).Now);
        var refused = await AdmitAsync(second, Marketing, 50, returning: 50);
        var later = Assert.Single(refused.Later);
        Assert.Equal((0, 50, Noon.AddMinutes(9), Slice.At(Noon.AddMinutes(5))), (refused.Now, later.Count, later.Due, later.Slice));
        Clock.SetUtcNow(Noon.AddMinutes(9));
        Assert.Equal(50, (await AdmitAsync(first, Marketing, 50, returning: 50)).Now);
    }

    [Fact]
    public async Task Demands_that_come_together_are_written_together()
    {
        var process = Process();
        await AdmitAsync(process, Marketing, 1);
        var before = Storage.Operations.Count;
        var admitted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AdmitAsync(process, Marketing, 10)));
        Assert.Equal(99, admitted.Sum(a => a.Now));
        Assert.Equal(101, admitted.Sum(a => a.Later.Sum(l => l.Count)));
        Assert.InRange(Storage.Operations.Count - before, 1, 10);
    }

    [Fact]
    public async Task What_was_let_through_and_not_begun_is_there_for_others()
    {
        var process = Process();
        var all = await AdmitAsync(process, Marketing, 100);
        for (var i = 0; i < 40; i++)
            process.NotBegun(all.Slice, Marketing);
        Assert.Equal(40, (await AdmitAsync(process, Party.Of("other", false), 60)).Now);
    }

    [Fact]
    public async Task Six_processes_that_ask_at_once_stay_within_the_limits()
    {
        var processes = Enumerable.Range(0, 6).Select(_ => Process()).ToList();
        var admitted = await Task.WhenAll(processes.SelectMany(p => Enumerable.Range(0, 8).Select(_ => AdmitAsync(p, Marketing, 7))));
        Assert.InRange(admitted.Sum(a => a.Now), 1, 100);
        Assert.InRange(processes.Sum(p => p.Connections.Size), 1, 5);
        Assert.Equal(6 * 8 * 7, admitted.Sum(a => a.Now + a.Later.Sum(l => l.Count)));
    }

    /// <summary>The first two had taken half of the connections each, whatever they needed: what the others took from the queue waited in the schedule while these lay idle.</summary>
    [Fact]
    public async Task What_nobody_needs_yet_is_left_to_the_processes_that_come_later()
    {
        foreach (var process in Enumerable.Range(0, 6).Select(_ => Process(Rule with { MaxConnections = 200, MessagesPerHour = null })).ToList())
        {
            var admission = await AdmitAsync(process, Marketing, 3);
            Assert.Equal((3, 0), (admission.Now, admission.Later.Count));
            Assert.InRange(process.Connections.Size, 3, 100);
        }
    }

    [Fact]
    public async Task What_was_let_through_does_not_go_on_without_its_lease()
    {
        var process = Process();
        var all = await AdmitAsync(process, Marketing, 10);
        Assert.Equal((true, true), (process.MayBegin(all.Slice, isUrgent: false), process.MayGoOn(all.Slice)));
        // In the last quarter of the process's life, before others may take what it has.
        Clock.Advance(TimeSpan.FromSeconds(46));
        Assert.Equal((false, false), (process.MayBegin(all.Slice, isUrgent: false), process.MayGoOn(all.Slice)));
    }

    [Fact]
    public async Task Who_was_refused_connections_looks_before_it_asks_again()
    {
        var (first, second) = (Process(), Process());
        await AdmitAsync(first, Marketing, 50);
        await AdmitAsync(second, Marketing, 50);
        // It sees that another has none, and gives some up.
        Clock.Advance(TimeSpan.FromSeconds(16));
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        await AdmitAsync(second, Marketing, 10);
        Assert.Equal((2, 3), (first.Connections.Size, second.Connections.Size));
        var waiting = Enumerable.Range(0, 5).Select(_ => first.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), false, TestContext.Current.CancellationToken).AsTask()).ToList();
        Clock.Advance(TimeSpan.FromSeconds(16));
        var before = Storage.Operations.Count;
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2, 1), (first.Connections.Size, Storage.Operations.Count - before));
        await second.GiveUpAsync(isForGood: true, TestContext.Current.CancellationToken);
        Clock.Advance(TimeSpan.FromSeconds(16));
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, first.Connections.Size);
        Assert.All(await Task.WhenAll(waiting), Assert.NotNull);
    }

    [Fact]
    public async Task What_was_put_off_before_waits_in_line_for_a_connection_and_gets_it_after_a_turn()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second, third) = (Process(rule), Process(rule), Process(rule));
        Assert.Equal(100, (await AdmitAsync(first, Marketing, 100)).Now);
        Assert.NotNull(await TakeAsync(first));
        var again = await AdmitAsync(second, Marketing, 10, wasPutOff: true);
        Assert.Equal((10, 10), (again.Now, second.Backlog));
        // It comes for the first time, and another is before it in the line, which it does not join.
        Assert.Equal(0, (await AdmitAsync(third, Marketing, 10)).Now);
        Assert.Equal(2, third.Row.Leases.Count);
        var waiting = TakeAsync(second);
        await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Equal((1, 0, false), (first.Connections.Size, second.Connections.Size, waiting.IsCompleted));
        await UpkeepAsync(TimeSpan.FromSeconds(16), first, second);
        // Its turn is over; as long as its connection is open nobody has another.
        Assert.Equal((0, 1, 0, false), (first.Connections.Size, first.Connections.Open, second.Connections.Size, waiting.IsCompleted));
        first.Connections.Leave();
        await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.NotNull(await waiting);
        Assert.Equal((0, 0, 1), (first.Connections.Size, first.Connections.Open, second.Connections.Size));
        // What the first has yet to send waits here, and for no longer than a minute.
        var back = TakeAsync(first);
        await UpkeepAsync(TimeSpan.FromSeconds(10), first);
        Assert.False(back.IsCompleted);
        for (var seconds = 20; seconds < 60; seconds += 10)
            await UpkeepAsync(TimeSpan.FromSeconds(10), first);
        Assert.False(back.IsCompleted);
        await UpkeepAsync(TimeSpan.FromSeconds(5), first);
        Assert.Null(await back);
    }

    [Fact]
    public async Task Who_waits_in_line_gets_what_another_needs_no_more()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Marketing, 1);
        Assert.NotNull(await TakeAsync(first));
        Assert.Equal(5, (await AdmitAsync(second, Marketing, 5, wasPutOff: true)).Now);
        first.Finished(TimeSpan.FromSeconds(1));
        first.Connections.Leave();
        await UpkeepAsync(TimeSpan.FromSeconds(2), first);
        await UpkeepAsync(TimeSpan.FromSeconds(6), second);
        Assert.Equal((0, 1), (first.Connections.Size, second.Connections.Size));
    }

    [Fact]
    public async Task Who_was_told_a_moment_ago_that_others_have_the_connections_does_not_ask_for_each_batch()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second, inLine) = (Process(rule), Process(rule), Process(rule));
        await AdmitAsync(first, Marketing, 300);
        await TakeAsync(first);
        Assert.Equal(10, (await AdmitAsync(inLine, Marketing, 10, wasPutOff: true)).Now);
        Assert.Equal(0, (await AdmitAsync(second, Marketing, 300)).Now);
        var before = Storage.Operations.Count;
        var put = new List<DateTimeOffset>();
        for (var batch = 0; batch < 5; batch++)
            put.Add((await AdmitAsync(second, Marketing, 300)).Later[0].Due);
        Assert.Equal(0, Storage.Operations.Count - before);
        // Each behind the one before, and what comes in another process behind all of them.
        Assert.Equal(put.Distinct().Order(), put);
        await AdmitAsync(second, Marketing, 1, wasPutOff: true);
        var (_, line) = Assert.Single(second.Row.Lines);
        Assert.True(line > put[^1]);
    }
}
