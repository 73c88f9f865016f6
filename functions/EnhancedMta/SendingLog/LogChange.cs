using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Feedback;

namespace EnhancedMta.SendingLog;

/// <summary>
/// What is to happen in one log partition, all or nothing: message rows, the counters' difference, this minute's
/// throughput, batch rows, and the events that tell of it.
/// </summary>
public sealed class LogChange
{
    /// <summary>Operations of a transaction beside the change's own: counters, minute, feed page.</summary>
    public const int OwnRows = 3;

    /// <summary>An entity group transaction's limit (Azure Tables).</summary>
    public const int MaxRows = 100;

    /// <summary>Rows of messages that must not exist yet.</summary>
    public List<TableEntity> NewMessages { get; } = [];

    /// <summary>
    /// Properties to merge into existing message rows. A row without an ETag is overwritten whatever it holds: for changes that
    /// stand on their batch row's ETag. Others set the ETag that they read.
    /// </summary>
    public List<TableEntity> MessageUpdates { get; } = [];

    /// <summary>Additions, updates and the deletion of batch rows, each with the ETag that it stands on.</summary>
    public List<TableTransactionAction> Batches { get; } = [];

    public Counters Counters { get; } = new();

    public MinuteThroughput Throughput { get; set; } = new();

    public List<DeliveryEvent> Events { get; } = [];

    /// <summary>What changes by recipient domain.</summary>
    public DomainTallies Domains { get; } = new();

    /// <summary>What went out by each path.</summary>
    public Dictionary<string, MinuteThroughput> Paths { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts a message that comes to stand somewhere else, in everything that KPIs are broken down by.</summary>
    /// <param name="before">Null for a message that was just accepted.</param>
    /// <param name="after">From now on.</param>
    /// <param name="now">The time of the change.</param>
    public void Move(Standing? before, Standing after, DateTimeOffset now)
    {
        Counters.Breakdown.Move(before, after, now);
        Domains.Add(after.Domain, after.Provider, after.Tally - (before?.Tally ?? default));
    }

    /// <summary>Nobody waits for it: it may wait a moment for others to be committed with.</summary>
    public bool CanWait { get; set; }

    public int Rows => NewMessages.Count + MessageUpdates.Count + Batches.Count;
}

public enum CommitStatus
{
    Committed,
    /// <summary>A message of <see cref="LogChange.NewMessages"/> exists. Nothing was changed.</summary>
    MessageExists,
    /// <summary>A batch or message row is not as it was when the change was made. Nothing was changed.</summary>
    RowMoved,
}

/// <param name="Status">What became of the change.</param>
/// <param name="BatchETags">New ETags of <see cref="LogChange.Batches"/>, in order; empty when the commit had to be inferred after a lost answer.</param>
public sealed record CommitResult(CommitStatus Status, IReadOnlyList<Azure.ETag> BatchETags);
