using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Feedback;

/// <summary>The row that whoever extends the feed must win: so the feed has one order whatever the number of writers.</summary>
internal sealed record FeedHead
{
    /// <summary>Null when there is no row yet.</summary>
    public ETag? ETag { get; init; }

    /// <summary>Of the newest entry; 0 when there is none.</summary>
    public long Position { get; init; }

    /// <summary>Of the newest entry.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Number of the collecting run that began last.</summary>
    public long Run { get; init; }

    /// <summary>The queue message that asked for it: the same one again is a repetition, another one is superfluous.</summary>
    public string? Holder { get; init; }

    /// <summary>When the next run is to begin; null when nothing is left to collect.</summary>
    public DateTimeOffset? NextRun { get; init; }

    public TableTransactionAction ToAction()
    {
        var row = new TableEntity(FeedKeys.Partition, FeedKeys.Head)
        {
            [nameof(Position)] = Position,
            [nameof(Time)] = Time == default ? null : Time,
            [nameof(Run)] = Run,
            [nameof(Holder)] = Holder,
            [nameof(NextRun)] = NextRun,
        };
        return ETag is { } etag
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, etag)
            : new TableTransactionAction(TableTransactionActionType.Add, row);
    }

    public static FeedHead Read(TableEntity row) => new()
    {
        ETag = row.ETag,
        Position = row.GetInt64(nameof(Position)) ?? 0,
        Time = row.GetDateTimeOffset(nameof(Time)) ?? default,
        Run = row.GetInt64(nameof(Run)) ?? 0,
        Holder = row.GetString(nameof(Holder)),
        NextRun = row.GetDateTimeOffset(nameof(NextRun)),
    };
}
