using EnhancedMta.MxRules;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Several processes' uses of one path, whose row is in a real table, and a clock that the test moves.</summary>
public abstract class PathUseScene(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly List<IDisposable> _uses = [];

    private protected static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private protected static readonly Party Marketing = Party.Of("marketing", false);
    private protected static readonly Party Urgent = Party.Of("urgent", true);

    private protected static readonly MxRule Rule = new() { Id = "test", MaxConnections = 5, MaxMessagesPerConnection = 20, MessagesPerHour = 1_200 };

    private protected FakeTimeProvider Clock { get; } = new(Noon.AddSeconds(30));

    private protected StorageAccount Storage { get; } = new(new StorageAccountOptions { ConnectionString = azurite.NewAccount() });
    public async ValueTask InitializeAsync() => await Storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _uses.ForEach(u => u.Dispose());
        return ValueTask.CompletedTask;
    }

    private protected static Task<Admission> AdmitAsync(PathUse process, Party party, int count, int returning = 0, bool wasPutOff = false) =>
        process.AdmitAsync(new PathDemand(party, count, returning, Noon.AddDays(3)) { WasPutOff = wasPutOff }, TestContext.Current.CancellationToken);

    private protected static Task<ConnectionPlace?> TakeAsync(PathUse process, bool isUrgent = false) =>
        process.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), isUrgent, TestContext.Current.CancellationToken).AsTask();

    /// <summary>After so long, each looks after its path, twice: a look, and what it leads to.</summary>
    private protected async Task UpkeepAsync(TimeSpan later, params PathUse[] processes)
    {
        Clock.Advance(later);
        foreach (var process in processes.Concat(processes))
            await process.UpkeepAsync(TestContext.Current.CancellationToken);
    }

    private protected PathUse Process(MxRule? rule = null)
    {
        var life = new ProcessLife(Storage.Paths, Clock, TimeSpan.FromMinutes(1));
        var use = new PathUse(new PathId("1~site", "1", "site"), new PathConnections(Clock), new PathTable(Storage.Paths), new PathController(new Random(1)), life, 1, Clock, new Random(_uses.Count)) { Rule = rule ?? Rule };
        _uses.Add(use);
        _uses.Add(life);
        return use;
    }
}
