using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Feedback.Push;

/// <summary>How an endpoint does. One worker at a time posts to it, under a claim that lapses.</summary>
public sealed record EndpointState(string Id)
{
    private const string Prefix = "e~";

    /// <summary>Null when there is no row yet.</summary>
    public ETag? ETag { get; init; }

    public string? Shown { get; init; }

    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>In a row.</summary>
    public int Failures { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Not before; null when it may be tried now.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorTime { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    public bool IsClaimed(DateTimeOffset now) => ClaimedUntil > now;

    public bool IsDue(DateTimeOffset now) => !IsClaimed(now) && !(NextAttempt > now);

    internal static string Key(string id) => Prefix + id;

    internal static string Filter => SendingLog.LogKeys.RangeFilter(PushTable.Partition, Prefix);

    internal TableEntity ToRow() => new(PushTable.Partition, Key(Id))
    {
        [nameof(Shown)] = Shown,
        [nameof(ClaimedUntil)] = ClaimedUntil,
        [nameof(Failures)] = Failures,
        [nameof(FailingSince)] = FailingSince,
        [nameof(NextAttempt)] = NextAttempt,
        [nameof(LastError)] = LastError,
        [nameof(LastErrorTime)] = LastErrorTime,
        [nameof(LastSuccess)] = LastSuccess,
    };

    internal static EndpointState Read(TableEntity row) => new(row.RowKey[Prefix.Length..])
    {
        ETag = row.ETag,
        Shown = row.GetString(nameof(Shown)),
        ClaimedUntil = row.GetDateTimeOffset(nameof(ClaimedUntil)),
        Failures = row.GetInt32(nameof(Failures)) ?? 0,
        FailingSince = row.GetDateTimeOffset(nameof(FailingSince)),
        NextAttempt = row.GetDateTimeOffset(nameof(NextAttempt)),
        LastError = row.GetString(nameof(LastError)),
        LastErrorTime = row.GetDateTimeOffset(nameof(LastErrorTime)),
        LastSuccess = row.GetDateTimeOffset(nameof(LastSuccess)),
    };
}
