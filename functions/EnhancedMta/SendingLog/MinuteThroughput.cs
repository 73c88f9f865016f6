using Azure.Data.Tables;

namespace EnhancedMta.SendingLog;

/// <summary>One minute of a partition: what Campaign relayed to us, and what went out to recipients.</summary>
public sealed record MinuteThroughput
{
    private const string Prefix = "Minute";

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

    internal TableEntity ToRow(string partitionKey)
    {
        var row = new TableEntity(partitionKey, LogKeys.Minute(Minute));
        Write(row, "");
        return row;
    }

    internal static MinuteThroughput Read(TableEntity row) => Read(row, "");

    /// <summary>Writes it into another row.</summary>
    internal void WriteWithin(TableEntity row) => Write(row, Prefix);

    /// <summary>As <see cref="WriteWithin"/> wrote it; null when it did not.</summary>
    internal static MinuteThroughput? Within(TableEntity row) => row.ContainsKey(Prefix + nameof(Minute)) ? Read(row, Prefix) : null;

    private void Write(TableEntity row, string prefix)
    {
        row[prefix + nameof(Minute)] = Minute;
        row[prefix + nameof(Relayed)] = Relayed;
        row[prefix + nameof(RelayedBytes)] = RelayedBytes;
        row[prefix + nameof(Delivered)] = Delivered;
        row[prefix + nameof(DeliveredBytes)] = DeliveredBytes;
        row[prefix + nameof(Failed)] = Failed;
        row[prefix + nameof(Deferred)] = Deferred;
    }

    private static MinuteThroughput Read(TableEntity row, string prefix) => new()
    {
        Minute = row.GetDateTimeOffset(prefix + nameof(Minute)) ?? default,
        Relayed = row.GetInt64(prefix + nameof(Relayed)) ?? 0,
        RelayedBytes = row.GetInt64(prefix + nameof(RelayedBytes)) ?? 0,
        Delivered = row.GetInt64(prefix + nameof(Delivered)) ?? 0,
        DeliveredBytes = row.GetInt64(prefix + nameof(DeliveredBytes)) ?? 0,
        Failed = row.GetInt64(prefix + nameof(Failed)) ?? 0,
        Deferred = row.GetInt64(prefix + nameof(Deferred)) ?? 0,
    };
}
