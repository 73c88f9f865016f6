using Azure.Data.Tables;

namespace EnhancedMta.SendingLog;

/// <summary>One minute of a partition: what Campaign relayed to us, and what went out to recipients.</summary>
public sealed record MinuteThroughput
{
    public DateTimeOffset Minute { get; init; }

    /// <summary>Campaign → Enhanced MTA.</summary>
    public long Relayed { get; init; }

    public long RelayedBytes { get; init; }

    /// <summary>Enhanced MTA → recipients: taken by the MX.</summary>
    public long Delivered { get; init; }

    public long DeliveredBytes { get; init; }

    /// <summary>Failed for good, at an attempt or by expiry.</summary>
    public long Failed { get; init; }

    /// <summary>Attempts that ended in a soft bounce.</summary>
    public long Deferred { get; init; }

    public MinuteThroughput Plus(MinuteThroughput other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            Relayed = Relayed + other.Relayed,
            RelayedBytes = RelayedBytes + other.RelayedBytes,
            Delivered = Delivered + other.Delivered,
            DeliveredBytes = DeliveredBytes + other.DeliveredBytes,
            Failed = Failed + other.Failed,
            Deferred = Deferred + other.Deferred,
        };
    }

    internal TableEntity ToRow(string partitionKey) => new(partitionKey, LogKeys.Minute(Minute))
    {
        [nameof(Minute)] = Minute,
        [nameof(Relayed)] = Relayed,
        [nameof(RelayedBytes)] = RelayedBytes,
        [nameof(Delivered)] = Delivered,
        [nameof(DeliveredBytes)] = DeliveredBytes,
        [nameof(Failed)] = Failed,
        [nameof(Deferred)] = Deferred,
    };

    internal static MinuteThroughput Read(TableEntity row) => new()
    {
        Minute = row.GetDateTimeOffset(nameof(Minute)) ?? default,
        Relayed = row.GetInt64(nameof(Relayed)) ?? 0,
        RelayedBytes = row.GetInt64(nameof(RelayedBytes)) ?? 0,
        Delivered = row.GetInt64(nameof(Delivered)) ?? 0,
        DeliveredBytes = row.GetInt64(nameof(DeliveredBytes)) ?? 0,
        Failed = row.GetInt64(nameof(Failed)) ?? 0,
        Deferred = row.GetInt64(nameof(Deferred)) ?? 0,
    };
}
