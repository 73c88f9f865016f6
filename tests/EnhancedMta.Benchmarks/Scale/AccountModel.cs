using EnhancedMta.Deliveries;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary>What a message asks of storage, as measured, held against Azure's limits.</summary>
internal sealed class AccountModel
{
    /// <summary>These go with a log partition wherever it lives; all else is asked for all deliveries in one place.</summary>
    private static readonly HashSet<string> WithPartition = ["table sendinglog", "table schedule", "table feed", "blob packs", "queue relay-marketing", "queue relay-transactional", "queue feedback"];

    private readonly List<(string Resource, bool IsSharded, double Requests, double Rows)> _perMessage;

    /// <param name="messages">That the loads are of.</param>
    /// <param name="loads">Measured.</param>
    public AccountModel(int messages, IReadOnlyList<ResourceLoad> loads)
    {
        _perMessage = [.. loads.GroupBy(l => l.Resource)
            .Select(g => (g.Key, WithPartition.Contains(g.Key), (double)g.Sum(l => l.Requests) / messages, (double)Rows(g) / messages))];
        Requests = _perMessage.Sum(r => r.Requests);
        Sharded = _perMessage.Where(r => r.IsSharded).Sum(r => r.Requests);
        LogRows = Rows("table sendinglog");
    }

    // Paths are hashed to partitions, so the fullest of those measured counts. Others change with time or delivery: their load may be all in one at a time.
    private static long Rows(IGrouping<string, ResourceLoad> table) =>
        table.Key == "table paths" ? table.Max(l => l.RowsWritten + l.RowsRead) : table.Sum(l => l.RowsWritten + l.RowsRead);

    /// <summary>Requests for one message.</summary>
    public double Requests { get; }

    /// <summary>Of these, what goes with its log partition.</summary>
    public double Sharded { get; }

    /// <summary>What is asked in one place, however many accounts there are.</summary>
    public double Home => Requests - Sharded;

    /// <summary>Rows of the log written and read for one message.</summary>
    public double LogRows { get; }

    /// <summary>The least of <see cref="Ceilings"/>.</summary>
    public Ceiling Binding => Ceilings.MinBy(c => c.PerSecond)!;

    /// <summary>Messages a second that an account allows, by limit, the narrowest first. A log's partitions are as many as deliveries have, so that they never bind all of them.</summary>
    public IEnumerable<Ceiling> Ceilings =>
        new[] { new Ceiling("requests of the account", AzureLimits.RequestsPerAccount / Requests) }
            .Concat(_perMessage.Where(r => r.Resource.StartsWith("queue ", StringComparison.Ordinal)).Select(r => new Ceiling($"requests of {r.Resource}", AzureLimits.MessagesPerQueue / r.Requests)))
            .Concat(_perMessage.Where(r => r.Resource.StartsWith("table ", StringComparison.Ordinal) && r is { Resource: not "table sendinglog", Rows: > 0 })
                .Select(r => new Ceiling($"rows of the fullest partition of {r.Resource}", AzureLimits.EntitiesPerPartition / r.Rows)))
            .OrderBy(c => c.PerSecond);

    /// <summary>Messages a second of one delivery of so many, by the rows of its log partitions.</summary>
    public double OfOneDelivery(long size) => AzureLimits.EntitiesPerPartition * ShardCount.For(size) / LogRows;

    /// <summary>The narrowest limit of what is asked in one place, alone.</summary>
    public Ceiling HomeCeiling =>
        new[] { new Ceiling("requests of the home account", AzureLimits.RequestsPerAccount / Home) }
            .Concat(Tables(isSharded: false)).MinBy(c => c.PerSecond)!;

    /// <summary>The narrowest limit of an account, beside its requests, for what goes with partitions.</summary>
    public Ceiling ShardedCeiling =>
        _perMessage.Where(r => r.IsSharded && r.Resource.StartsWith("queue ", StringComparison.Ordinal)).Select(r => new Ceiling(r.Resource, AzureLimits.MessagesPerQueue / r.Requests))
            .Concat(Tables(isSharded: true)).MinBy(c => c.PerSecond)!;

    public double RequestsOf(string resource) => _perMessage.Where(r => r.Resource == resource).Sum(r => r.Requests);

    public double Rows(string resource) => _perMessage.Where(r => r.Resource == resource).Sum(r => r.Rows);

    private IEnumerable<Ceiling> Tables(bool isSharded) => _perMessage
        .Where(r => r.IsSharded == isSharded && r.Resource.StartsWith("table ", StringComparison.Ordinal) && r is { Resource: not "table sendinglog", Rows: > 0 })
        .Select(r => new Ceiling(r.Resource, AzureLimits.EntitiesPerPartition / r.Rows));
}

/// <param name="Limit">Which.</param>
/// <param name="PerSecond">Messages.</param>
internal sealed record Ceiling(string Limit, double PerSecond);
