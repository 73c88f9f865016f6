using System.Globalization;
using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Qualification;

namespace EnhancedMta.SendingLog;

/// <summary>
/// What a partition counts, in one row that changes in the same transaction as the messages. Also used as a difference.
/// The test of the invariant: these equal a recount of the message rows, at every moment (<see cref="Kpis.Recount"/>).
/// </summary>
public sealed class Counters
{
    private const string ReasonPrefix = "Reason";

    private readonly SortedDictionary<int, long> _failedByReason = [];

    /// <summary>Messages accepted from Campaign.</summary>
    public long Relayed { get; set; }

    /// <summary>Octets of their content.</summary>
    public long RelayedBytes { get; set; }

    /// <summary>Taken by the recipient's MX, and not bounced since.</summary>
    public long Delivered { get; set; }

    /// <summary>Campaign's Failed: bounced or expired.</summary>
    public long Failed { get; set; }

    /// <summary>Of these, by the end of the validity period.</summary>
    public long Expired { get; set; }

    /// <summary>Messages with at least one soft bounce, whatever became of them.</summary>
    public long SoftBounced { get; set; }

    /// <summary>Attempts after each message's first.</summary>
    public long Retried { get; set; }

    /// <summary>Messages between two attempts now.</summary>
    public long Waiting { get; set; }

    /// <summary>Times that a message was, or may have been, handed over without us learning the answer. An upper bound of repeats.</summary>
    public long PossibleRepeats { get; set; }

    /// <summary>Messages whose recipient complained or unsubscribed, whatever became of them.</summary>
    public long Complaints { get; set; }

    /// <summary>Campaign's Sent.</summary>
    public long Sent => Relayed - Failed;

    /// <summary>Not final yet.</summary>
    public long Open => Relayed - Delivered - Failed;

    public IReadOnlyDictionary<int, long> FailedByReason => _failedByReason;

    /// <summary>The same messages by provider, by hour, and by how long they took.</summary>
    public Breakdown Breakdown { get; private init; } = new();

    public void Fail(CampaignReason reason, long count = 1) => AddReason((int)reason, count);

    public void Add(Counters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Relayed += other.Relayed;
        RelayedBytes += other.RelayedBytes;
        Delivered += other.Delivered;
        Failed += other.Failed;
        Expired += other.Expired;
        SoftBounced += other.SoftBounced;
        Retried += other.Retried;
        Waiting += other.Waiting;
        PossibleRepeats += other.PossibleRepeats;
        Complaints += other.Complaints;
        foreach (var (reason, count) in other._failedByReason)
            AddReason(reason, count);
        Breakdown.Add(other.Breakdown);
    }

    internal void WriteTo(TableEntity row)
    {
        row[nameof(Relayed)] = Relayed;
        row[nameof(RelayedBytes)] = RelayedBytes;
        row[nameof(Delivered)] = Delivered;
        row[nameof(Failed)] = Failed;
        row[nameof(Expired)] = Expired;
        row[nameof(SoftBounced)] = SoftBounced;
        row[nameof(Retried)] = Retried;
        row[nameof(Waiting)] = Waiting;
        row[nameof(PossibleRepeats)] = PossibleRepeats;
        row[nameof(Complaints)] = Complaints;
        foreach (var (reason, count) in _failedByReason)
            row[ReasonPrefix + reason.ToString(CultureInfo.InvariantCulture)] = count;
        Breakdown.WriteTo(row);
    }

    internal static Counters Read(TableEntity row)
    {
        var counters = new Counters
        {
            Relayed = row.GetInt64(nameof(Relayed)) ?? 0,
            RelayedBytes = row.GetInt64(nameof(RelayedBytes)) ?? 0,
            Delivered = row.GetInt64(nameof(Delivered)) ?? 0,
            Failed = row.GetInt64(nameof(Failed)) ?? 0,
            Expired = row.GetInt64(nameof(Expired)) ?? 0,
            SoftBounced = row.GetInt64(nameof(SoftBounced)) ?? 0,
            Retried = row.GetInt64(nameof(Retried)) ?? 0,
            Waiting = row.GetInt64(nameof(Waiting)) ?? 0,
            PossibleRepeats = row.GetInt64(nameof(PossibleRepeats)) ?? 0,
            Complaints = row.GetInt64(nameof(Complaints)) ?? 0,
            Breakdown = Breakdown.Read(row),
        };
        foreach (var key in row.Keys.Where(k => k.StartsWith(ReasonPrefix, StringComparison.Ordinal)))
            counters.AddReason(int.Parse(key.AsSpan(ReasonPrefix.Length), CultureInfo.InvariantCulture), row.GetInt64(key) ?? 0);
        return counters;
    }

    private void AddReason(int reason, long count)
    {
        var sum = _failedByReason.GetValueOrDefault(reason) + count;
        if (sum == 0)
            _failedByReason.Remove(reason);
        else
            _failedByReason[reason] = sum;
    }
}
