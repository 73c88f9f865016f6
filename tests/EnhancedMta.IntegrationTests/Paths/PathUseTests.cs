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
        Assert.Equal(50, (await AdmitAsync(first, Marketing, 50)).Now);
        var refused = await AdmitAsync(second, Marketing, 80);
        // Of the slice's 100 the first has three more at hand; the 47 that are free are planned for, and the others go to the next.
        var slice = Slice.At(_clock.GetUtcNow());
        Assert.Equal(0, refused.Now);
        Assert.Equal([(Noon.AddMinutes(1), slice, 47), (slice.End, slice + 1, 33)], refused.Later.Select(l => (l.Due, l.Slice!.Value, l.Count)));
        _clock.SetUtcNow(Noon.AddMinutes(1));
        Assert.Equal(47, (await AdmitAsync(first, Marketing, 47, returning: 47)).Now);
        Assert.Equal(3, (await AdmitAsync(first, Marketing, 50)).Now);
    }

    [Fact]
    public async Task What_planned_to_come_and_lacks_only_connections_keeps_its_room()
    {
        var (first, second) = (Process(), Process());
        Assert.Equal(100, (await AdmitAsync(first, Marketing, 150)).Now);
        _clock.SetUtcNow(Noon.AddMinutes(5));
        // It lives, and has all connections.
        Assert.Equal(10, (await AdmitAsync(first, Marketing, 10)).Now);
        var refused = await AdmitAsync(second, Marketing, 50, returning: 50);
        var later = Assert.Single(refused.Later);
        Assert.Equal((0, 50, Noon.AddMinutes(6), Slice.At(Noon.AddMinutes(5))), (refused.Now, later.Count, later.Due, later.Slice));
        _clock.SetUtcNow(Noon.AddMinutes(6));
        Assert.Equal(50, (await AdmitAsync(first, Marketing, 50, returning: 50)).Now);
    }

    [Fact]
    public async Task Urgent_mail_that_lacks_only_connections_goes_to_another_process_at_once()
    {
        var (first, second) = (Process(), Process());
        await AdmitAsync(first, Marketing, 50);
        var refused = await AdmitAsync(second, Urgent, 20);
        Assert.Equal(0, refused.Now);
        Assert.Equal([(_clock.GetUtcNow(), 20)], refused.Later.Select(l => (l.Due, l.Count)));
        Assert.Equal(20, (await AdmitAsync(first, Urgent, 20)).Now);
    }

    [Fact]
    public async Task Urgent_mail_waits_for_a_slice_when_this_one_is_full_wherever_it_is()
    {
        var (first, second) = (Process(), Process());
        Assert.Equal(100, (await AdmitAsync(first, Marketing, 100)).Now);
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
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
        Assert.Equal((true, true), (process.MayBegin(all.Slice), process.MayGoOn(all.Slice)));
        // In the last quarter of the process's life, before others may take what it has.
        _clock.Advance(TimeSpan.FromSeconds(46));
        Assert.Equal((false, false), (process.MayBegin(all.Slice), process.MayGoOn(all.Slice)));
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

    private static Task<Admission> AdmitAsync(PathUse process, Party party, int count, int returning = 0) =>
        process.AdmitAsync(new PathDemand(party, count, returning, Noon.AddDays(3)), TestContext.Current.CancellationToken);

    private PathUse Process(MxRule? rule = null)
    {
        var life = new ProcessLife(_storage.Paths, _clock, TimeSpan.FromMinutes(1));
        var use = new PathUse(new PathId("1~site", "1", "site"), new PathConnections(_clock), new PathTable(_storage.Paths), new PathController(new Random(1)), life, 1, _clock, new Random(_uses.Count)) { Rule = rule ?? Rule };
        _uses.Add(use);
        _uses.Add(life);
        return use;
    }
}
