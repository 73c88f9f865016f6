using EnhancedMta.MxRules;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Several processes' uses of one path, whose row is in a real table.</summary>
public sealed class PathUseTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly Party Marketing = Party.Of("marketing", false);
    private static readonly Party Urgent = Party.Of("urgent", true);

    private static readonly MxRule Rule = new() { Id = "test", MaxConnections = 5, MaxMessagesPerConnection = 20, MessagesPerHour = 1_200 };

    private readonly FakeTimeProvider _clock = new(Noon.AddSeconds(30));
    private readonly StorageAccount _storage = new(new StorageAccountOptions { ConnectionString = azurite.NewAccount() });
    private readonly List<IDisposable> _uses = [];

    public async ValueTask InitializeAsync() => await _storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _uses.ForEach(u => u.Dispose());
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Marketing_mail_that_lacks_only_connections_comes_back_in_its_slice()
    {
        var (first, second) = (Process(), Process());
        // Too late in the slice to wait in line for a minute.
        _clock.SetUtcNow(Noon.AddSeconds(235));
        Assert.Equal(50, (await AdmitAsync(first, Marketing, 50)).Now);
        var refused = await AdmitAsync(second, Marketing, 80);
        // Of the slice's 100 the first has three more at hand; the 47 that are free are planned for, and the others go to the next.
        var slice = Slice.At(_clock.GetUtcNow());
        Assert.Equal(0, refused.Now);
        Assert.Equal([(Noon.AddMinutes(4), slice, 47), (slice.End, slice + 1, 33)], refused.Later.Select(l => (l.Due, l.Slice!.Value, l.Count)));
        _clock.SetUtcNow(Noon.AddMinutes(4));
        Assert.Equal(47, (await AdmitAsync(first, Marketing, 47, returning: 47)).Now);
        Assert.Equal(3, (await AdmitAsync(first, Marketing, 50)).Now);
    }

    [Fact]
    public async Task What_planned_to_come_and_lacks_only_connections_keeps_its_room()
    {
        var (first, second) = (Process(), Process());
        Assert.Equal(100, (await AdmitAsync(first, Marketing, 150)).Now);
        _clock.SetUtcNow(Noon.AddMinutes(5).AddSeconds(235));
        // It lives, and has all connections.
        Assert.Equal(10, (await AdmitAsync(first, Marketing, 10)).Now);
        var refused = await AdmitAsync(second, Marketing, 50, returning: 50);
        var later = Assert.Single(refused.Later);
        Assert.Equal((0, 50, Noon.AddMinutes(9), Slice.At(Noon.AddMinutes(5))), (refused.Now, later.Count, later.Due, later.Slice));
        _clock.SetUtcNow(Noon.AddMinutes(9));
        Assert.Equal(50, (await AdmitAsync(first, Marketing, 50, returning: 50)).Now);
    }

    /// <summary>It went back to the queue, for another process to see: as often as it met one without a connection, each time for a second and more.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(1_200)]
    public async Task Urgent_mail_that_lacks_only_a_connection_gets_one_at_the_end_of_the_message_under_way(int? hourly)
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = hourly };
        var (first, second, urgent) = (Process(rule), Process(rule), Process(rule));
        Assert.Equal(40, (await AdmitAsync(first, Marketing, 40)).Now);
        Assert.NotNull(await TakeAsync(first));
        Assert.Equal(10, (await AdmitAsync(second, Marketing, 10, wasPutOff: true)).Now);
        var (waits, more) = (TakeAsync(second), TakeAsync(first));
        Assert.Equal((20, false), (await AdmitAsync(urgent, Urgent, 20) is var admitted ? admitted.Now : 0, admitted.Later.Any()));
        var hurries = TakeAsync(urgent, isUrgent: true);
        Assert.True(urgent.IsInHurry);
        // In mid-turn, at its next look.
        await UpkeepAsync(TimeSpan.FromSeconds(6), first, second);
        Assert.Equal((0, 1, false, false), (first.Connections.Size, first.Connections.Open, hurries.IsCompleted, first.IsInHurry));
        first.Connections.Leave();
        Assert.True(first.IsInHurry);
        await UpkeepAsync(TimeSpan.FromSeconds(0.5), first, second, urgent);
        Assert.NotNull(await hurries);
        Assert.Equal((false, false, false), (waits.IsCompleted, more.IsCompleted, urgent.IsInHurry));
        // Those that it went before are next.
        urgent.Finished(TimeSpan.FromSeconds(1));
        for (var i = 1; i < 20; i++)
            urgent.NotBegun(admitted.Slice, Urgent);
        urgent.Connections.Leave();
        await UpkeepAsync(TimeSpan.FromSeconds(6), urgent, second);
        Assert.NotNull(await waits);
        Assert.False(more.IsCompleted);
    }

    [Fact]
    public async Task Urgent_mail_that_waited_for_a_connection_in_vain_keeps_its_room()
    {
        var rule = Rule with { MaxConnections = 1 };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Marketing, 40);
        await TakeAsync(first);
        var admitted = await AdmitAsync(second, Urgent, 20);
        Assert.Equal(20, admitted.Now);
        var hurries = TakeAsync(second, isUrgent: true);
        // The other's message takes its time.
        for (var seconds = 0; seconds <= 60; seconds += 10)
            await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Null(await hurries);
        for (var i = 0; i < 20; i++)
            second.NotBegun(admitted.Slice, Urgent);
        var again = await second.PlanAsync(new PathDemand(Urgent, 20, 0, Noon.AddDays(1)), TestContext.Current.CancellationToken);
        Assert.Equal([(_clock.GetUtcNow(), 20)], again.Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Urgent_mail_gives_way_to_urgent_mail_after_a_turn()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Urgent, 300);
        await TakeAsync(first);
        var (more, other) = (TakeAsync(first, isUrgent: true), AdmitAsync(second, Urgent, 20));
        Assert.Equal(20, (await other).Now);
        var hurries = TakeAsync(second, isUrgent: true);
        await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Equal(1, first.Connections.Size);
        await UpkeepAsync(TimeSpan.FromSeconds(15), first, second);
        Assert.Equal(0, first.Connections.Size);
        first.Connections.Leave();
        await UpkeepAsync(TimeSpan.FromSeconds(1), first, second);
        Assert.NotNull(await hurries);
        Assert.False(more.IsCompleted);
    }

    /// <summary>It waited for the next slice, though a minute's marketing mail was still to begin in this one.</summary>
    [Fact]
    public async Task Urgent_mail_takes_the_room_of_marketing_mail_that_has_not_begun()
    {
        var process = Process();
        var marketing = await AdmitAsync(process, Marketing, 100);
        for (var i = 0; i < 30; i++)
            Assert.True(process.MayBegin(marketing.Slice, isUrgent: false));
        var urgent = await AdmitAsync(process, Urgent, 20);
        Assert.Equal((20, 0), (urgent.Now, urgent.Later.Count));
        Assert.Equal(100, process.Row.Slices.Used(Slice.At(_clock.GetUtcNow())));
        // The last of the others are planned anew, and nothing is begun twice for the same room.
        Assert.Equal(50, Enumerable.Range(0, 70).Count(_ => process.MayBegin(marketing.Slice, isUrgent: false)));
        Assert.Equal(20, Enumerable.Range(0, 21).Count(_ => process.MayBegin(urgent.Slice, isUrgent: true)));
        for (var i = 0; i < 20; i++)
            process.NotBegun(marketing.Slice, Marketing);
        Assert.Equal(0, (await AdmitAsync(process, Marketing, 20)).Now);
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(process, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Urgent_mail_looks_for_a_process_with_room_that_is_not_used_as_long_as_there_can_be_one()
    {
        var (first, second) = (Process(), Process());
        var marketing = await AdmitAsync(first, Marketing, 100);
        Assert.Equal(100, marketing.Now);
        Assert.Equal([(_clock.GetUtcNow(), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
        Assert.Equal([(_clock.GetUtcNow(), 20)], (await AdmitAsync(second, Urgent, 20, wasPutOff: true)).Later.Select(l => (l.Due, l.Count)));
        Assert.Equal(20, (await AdmitAsync(first, Urgent, 20, wasPutOff: true)).Now);
        // A hundred messages take five connections four seconds.
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Urgent_mail_waits_for_a_slice_when_all_of_this_one_has_begun()
    {
        var (first, second) = (Process(), Process());
        var marketing = await AdmitAsync(first, Marketing, 100);
        for (var i = 0; i < 100; i++)
            Assert.True(first.MayBegin(marketing.Slice, isUrgent: false));
        // Tells so in the row.
        await AdmitAsync(first, Marketing, 1);
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Room_that_was_taken_over_in_a_change_that_another_process_thwarted_is_taken_over_once()
    {
        var (first, second) = (Process(), Process());
        var marketing = await AdmitAsync(first, Marketing, 100);
        // The second's change comes between what the first has seen and what it writes.
        await second.PlanAsync(new PathDemand(Marketing, 1, 0, Noon.AddDays(1)), TestContext.Current.CancellationToken);
        Assert.Equal(20, (await AdmitAsync(first, Urgent, 20)).Now);
        Assert.Equal(100, first.Row.Slices.Used(marketing.Slice!.Value));
        Assert.Equal(80, Enumerable.Range(0, 100).Count(_ => first.MayBegin(marketing.Slice, isUrgent: false)));
    }

    [Fact]
    public async Task Urgent_mail_does_not_wait_for_marketing_mail_that_waits_for_connections()
    {
        var process = Process(Rule with { MessagesPerHour = null });
        // All that a process takes in of a path whose messages take their time: a minute's work.
        Assert.InRange((await AdmitAsync(process, Marketing, 5_000)).Now, 1, 4_999);
        Assert.Equal(20, (await AdmitAsync(process, Urgent, 20)).Now);
    }

    [Fact]
    public async Task Demands_that_come_together_are_written_together()
    {
        var process = Process();
        await AdmitAsync(process, Marketing, 1);
        var before = _storage.Operations.Count;
        var admitted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AdmitAsync(process, Marketing, 10)));
        Assert.Equal(99, admitted.Sum(a => a.Now));
        Assert.Equal(101, admitted.Sum(a => a.Later.Sum(l => l.Count)));
        Assert.InRange(_storage.Operations.Count - before, 1, 10);
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
    public async Task Leave_to_open_connections_is_given_once()
    {
        var process = Process(Rule with { ConnectionsPerMinute = 8 });
        await AdmitAsync(process, Marketing, 50);
        var left = process.Connections.OpeningsLeft;
        Assert.InRange(left!.Value, 5, 8);
        for (var i = 0; i < 5; i++)
            Assert.NotNull(await process.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), false, TestContext.Current.CancellationToken));
        // A change that asks for no connections gives none.
        await process.PlanAsync(new PathDemand(Marketing, 10, 0, Noon.AddDays(1)), TestContext.Current.CancellationToken);
        Assert.Equal(left - 5, process.Connections.OpeningsLeft);
        await AdmitAsync(process, Marketing, 10, returning: 1);
        Assert.Equal(left, process.Row.Openings.Count);
    }

    [Theory]
    // One of five connections, and work for fifteen after it: half of its fifth of a minute's 125.
    [InlineData(300, 20, 12)]
    // No more than there is work for.
    [InlineData(60, 20, 3)]
    // One that carries all of them needs none to follow but the usual one.
    [InlineData(60, 100, 1)]
    public async Task Leave_to_open_is_given_for_the_messages_at_hand(int messages, int perConnection, int follow)
    {
        // Long enough that all of them may wait here.
        var rule = Rule with { ConnectionsPerMinute = 125, MaxMessagesPerConnection = perConnection };
        var others = Enumerable.Range(0, 4).Select(_ => Process(rule)).ToList();
        foreach (var other in others)
            await AdmitAsync(other, Marketing, 1);
        var process = Process(rule);
        await AdmitAsync(process, Marketing, messages);
        Assert.Equal(1, process.Connections.Size);
        Assert.Equal(1 + follow, process.Connections.OpeningsLeft);
    }

    [Fact]
    public async Task Some_of_a_minutes_openings_are_left_for_urgent_mail()
    {
        var rule = Rule with { MaxConnections = 80, MessagesPerHour = null, ConnectionsPerMinute = 32 };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Marketing, 30);
        Assert.Equal(30, first.Row.Openings.Count);
        Assert.Equal(5, (await AdmitAsync(second, Urgent, 5)).Now);
        Assert.Equal((32, 2), (second.Row.Openings.Count, second.Connections.OpeningsLeft));
        // When these are gone too it goes to who has connections that are open; and who met none of those waits.
        var third = Process(rule);
        Assert.Equal([(_clock.GetUtcNow(), 5)], (await AdmitAsync(third, Urgent, 5)).Later.Select(l => (l.Due, l.Count)));
        Assert.Equal(0, third.Connections.Size);
        Assert.Equal(5, (await AdmitAsync(third, Urgent, 5, wasPutOff: true)).Now);
    }

    [Fact]
    public async Task Leave_to_open_that_nobody_uses_any_more_is_there_for_others_in_the_same_minute()
    {
        var rule = Rule with { MaxConnections = 1, ConnectionsPerMinute = 40 };
        var (first, second) = (Process(rule), Process(rule));
        var admitted = await AdmitAsync(first, Marketing, 400);
        Assert.NotNull(await first.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), false, TestContext.Current.CancellationToken));
        Assert.InRange(first.Row.Openings.Count, 10, 40);
        for (var i = 0; i < admitted.Now; i++)
            first.NotBegun(admitted.Slice, Marketing);
        first.Connections.Leave();
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        // The one that was opened counts to the minute.
        Assert.Equal((1, 0), (first.Row.Openings.Count, first.Connections.OpeningsLeft));
        await AdmitAsync(second, Marketing, 1);
        Assert.Equal(1 + second.Connections.OpeningsLeft, second.Row.Openings.Count);
    }

    [Fact]
    public async Task Leave_to_open_adds_up_when_several_ask_for_it_in_one_change()
    {
        var process = Process(Rule with { ConnectionsPerMinute = 100 });
        var admitted = await AdmitAsync(process, Marketing, 400);
        Assert.Equal(process.Row.Openings.Count, process.Connections.OpeningsLeft);
        var most = process.Row.Openings.Count;
        for (var i = 0; i < admitted.Now; i++)
            process.NotBegun(admitted.Slice, Marketing);
        // Less is needed now: what is given back is given back once, whoever asks with it.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AdmitAsync(process, Marketing, 1, returning: 1)));
        Assert.Equal(process.Row.Openings.Count, process.Connections.OpeningsLeft);
        Assert.InRange(process.Row.Openings.Count, 1, most - 1);
        // And more again.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AdmitAsync(process, Marketing, 30, returning: 30)));
        Assert.Equal(process.Row.Openings.Count, process.Connections.OpeningsLeft);
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
        _clock.Advance(TimeSpan.FromSeconds(46));
        Assert.Equal((false, false), (process.MayBegin(all.Slice, isUrgent: false), process.MayGoOn(all.Slice)));
    }

    [Fact]
    public async Task Who_was_refused_connections_looks_before_it_asks_again()
    {
        var (first, second) = (Process(), Process());
        await AdmitAsync(first, Marketing, 50);
        await AdmitAsync(second, Marketing, 50);
        // It sees that another has none, and gives some up.
        _clock.Advance(TimeSpan.FromSeconds(16));
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        await AdmitAsync(second, Marketing, 10);
        Assert.Equal((2, 3), (first.Connections.Size, second.Connections.Size));
        var waiting = Enumerable.Range(0, 5).Select(_ => first.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), false, TestContext.Current.CancellationToken).AsTask()).ToList();
        _clock.Advance(TimeSpan.FromSeconds(16));
        var before = _storage.Operations.Count;
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2, 1), (first.Connections.Size, _storage.Operations.Count - before));
        await second.GiveUpAsync(isForGood: true, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(16));
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
    public async Task Urgent_mail_that_waits_keeps_its_connection()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Urgent, 2);
        Assert.NotNull(await TakeAsync(first));
        var urgent = TakeAsync(first, isUrgent: true);
        await AdmitAsync(second, Marketing, 5, wasPutOff: true);
        for (var seconds = 0; seconds < 40; seconds += 10)
            await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Equal((1, false), (first.Connections.Size, urgent.IsCompleted));
        first.Connections.Leave();
        Assert.NotNull(await urgent);
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
        var before = _storage.Operations.Count;
        var put = new List<DateTimeOffset>();
        for (var batch = 0; batch < 5; batch++)
            put.Add((await AdmitAsync(second, Marketing, 300)).Later[0].Due);
        Assert.Equal(0, _storage.Operations.Count - before);
        // Each behind the one before, and what comes in another process behind all of them.
        Assert.Equal(put.Distinct().Order(), put);
        await AdmitAsync(second, Marketing, 1, wasPutOff: true);
        var (_, line) = Assert.Single(second.Row.Lines);
        Assert.True(line > put[^1]);
    }

    private static Task<Admission> AdmitAsync(PathUse process, Party party, int count, int returning = 0, bool wasPutOff = false) =>
        process.AdmitAsync(new PathDemand(party, count, returning, Noon.AddDays(3)) { WasPutOff = wasPutOff }, TestContext.Current.CancellationToken);

    private static Task<ConnectionPlace?> TakeAsync(PathUse process, bool isUrgent = false) =>
        process.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), isUrgent, TestContext.Current.CancellationToken).AsTask();

    /// <summary>After so long, each looks after its path, twice: a look, and what it leads to.</summary>
    private async Task UpkeepAsync(TimeSpan later, params PathUse[] processes)
    {
        _clock.Advance(later);
        foreach (var process in processes.Concat(processes))
            await process.UpkeepAsync(TestContext.Current.CancellationToken);
    }

    private PathUse Process(MxRule? rule = null)
    {
        var life = new ProcessLife(_storage.Paths, _clock, TimeSpan.FromMinutes(1));
        var use = new PathUse(new PathId("1~site", "1", "site"), new PathConnections(_clock), new PathTable(_storage.Paths), new PathController(new Random(1)), life, 1, _clock, new Random(_uses.Count)) { Rule = rule ?? Rule };
        _uses.Add(use);
        _uses.Add(life);
        return use;
    }
}
