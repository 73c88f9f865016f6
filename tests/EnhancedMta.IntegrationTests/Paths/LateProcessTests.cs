using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.MxRules;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>A process that stood still and wakes up just before others may take what it has. Nobody looked after it meanwhile.</summary>
public sealed class LateProcessTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(80);
    private static readonly MxRule Rule = new() { Id = "test", MaxConnections = 3, MaxMessagesPerConnection = 20 };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly StorageAccount _storage = new(new StorageAccountOptions { ConnectionString = azurite.NewAccount() });
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();
    private readonly TestPool _pool = Sending.Pool();
    private readonly ManualResetEventSlim _gate = new();
    private readonly List<IDisposable> _parts = [];

    public async ValueTask InitializeAsync() => await _storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _gate.Set();
        _parts.ForEach(p => p.Dispose());
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
        _gate.Dispose();
    }

    [Theory]
    [InlineData(SmtpPhase.Connect)]
    [InlineData(SmtpPhase.Mail)]
    public async Task Its_connections_have_ended_before_it_has_a_new_name(SmtpPhase phase)
    {
        var (life, path) = Process();
        await AdmitAsync(path, 1);
        var isThere = false;
        _server.Script = step => step.Phase == phase ? Stall(ref isThere) : null;
        var sending = SendAsync(path);
        await Sending.UntilAsync(() => Volatile.Read(ref isThere));
        var (name, cut) = (life.Id, path.Connections.Cut);

        _clock.Advance(Lifetime * 15 / 16);
        Assert.False(await life.BeatAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(name, life.Id);
        Assert.Equal((true, 0), (cut.IsCancellationRequested, path.Connections.Size));
        Assert.Null(await sending);
        await Sending.UntilAsync(() => _server.OpenConnections == 0);
    }

    [Fact]
    public async Task A_message_that_waits_for_its_reply_counts_under_the_new_name()
    {
        var (life, path) = Process();
        var (_, other) = Process();
        await AdmitAsync(path, 1);
        var isOut = false;
        _server.Script = step => step.Phase == SmtpPhase.EndOfData ? AtGate(ref isOut) : null;
        var sending = SendAsync(path);
        await Sending.UntilAsync(() => Volatile.Read(ref isOut));

        _clock.Advance(Lifetime * 15 / 16);
        Assert.False(await life.BeatAsync(TestContext.Current.CancellationToken));
        await path.UpkeepAsync(TestContext.Current.CancellationToken);
        // The old name is over.
        _clock.Advance(Lifetime / 8);
        await AdmitAsync(other, 1_000);
        Assert.Equal((1, 2), (path.Connections.Open, other.Connections.Size));
        _gate.Set();
        Assert.Equal(AttemptOutcome.Accepted, (await sending)!.Outcome);
    }

    [Fact]
    public async Task One_that_told_just_in_time_and_needs_its_connections_no_more_gives_them_to_others()
    {
        var (life, path) = Process();
        var (_, other) = Process();
        for (var left = (await AdmitAsync(path, 1_000)).Now; left > 0; left--)
            path.Finished(null);
        _clock.Advance(Lifetime * 13 / 16);
        Assert.Equal((false, false), (life.IsTrusted, life.IsEnding));
        path.CloseWhenLate(life.IsEnding);
        Assert.True(await life.BeatAsync(TestContext.Current.CancellationToken));
        await path.UpkeepAsync(TestContext.Current.CancellationToken);
        await AdmitAsync(other, 1_000);
        Assert.Equal((0, Rule.MaxConnections), (path.Connections.Size, other.Connections.Size));
    }

    private (ProcessLife Life, PathUse Path) Process()
    {
        var life = new ProcessLife(_storage.Paths, _clock, Lifetime);
        var paths = new PathDirectory(new PathTable(_storage.Paths), life, _pool.Pool, () => throw new InvalidOperationException("The rule is given."), _clock, new Random(_parts.Count));
        _parts.AddRange([paths, life]);
        return (life, paths.Find(Sending.Egress, Sending.Site(_server), Rule));
    }

    private static Task<Admission> AdmitAsync(PathUse path, int count) =>
        path.AdmitAsync(new PathDemand(Party.Of("d", false), count, 0, DateTimeOffset.MaxValue), TestContext.Current.CancellationToken);

    private Task<AttemptResult?> SendAsync(PathUse path) =>
        _pool.SendAsync(path.Connections, Sending.Egress, Sending.Site(_server), Sending.Mail(), TestContext.Current.CancellationToken, () => path.MayGoOn(null));

    private static SmtpAct Stall(ref bool isThere)
    {
        Volatile.Write(ref isThere, true);
        return SmtpAct.Stall;
    }

    private SmtpAct? AtGate(ref bool isThere)
    {
        Volatile.Write(ref isThere, true);
        _gate.Wait(TimeSpan.FromMinutes(2));
        return null;
    }
}
