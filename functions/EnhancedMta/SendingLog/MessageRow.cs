using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Qualification;

namespace EnhancedMta.SendingLog;

/// <summary>A message's row of the sending log, as read. Written in parts: at acceptance, and merged at each change.</summary>
public sealed record MessageRow
{
    private const string EntryPrefix = "Entry";

    public required LogPartition Partition { get; init; }

    public required string MessageId { get; init; }

    public required string To { get; init; }

    public required string Domain { get; init; }

    public MessageState State { get; init; }

    public long Bytes { get; init; }

    public DateTimeOffset Received { get; init; }

    public DateTimeOffset Expires { get; init; }

    /// <summary>When the row last changed.</summary>
    public DateTimeOffset Updated { get; init; }

    /// <summary>The batch that the message is in, or was last.</summary>
    public string BatchId { get; init; } = "";

    /// <summary>Its place there.</summary>
    public int Slot { get; init; }

    /// <summary>Attempts that count: the server was reached and answered for this message.</summary>
    public int Attempts { get; init; }

    public bool SoftBounced { get; init; }

    /// <summary>Whose the site was where it was last tried; null before it was.</summary>
    public string? Provider { get; init; }

    /// <summary>When it was delivered or failed.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>From acceptance to the 250 of the recipient's MX; kept when a bounce comes back later.</summary>
    public long? MillisecondsToDeliver { get; init; }

    /// <summary>The next attempt, or the moment of expiry when none will be made before it.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>Why it waits, for people.</summary>
    public string? WaitsFor { get; init; }

    public FailureType? FailureType { get; init; }

    public CampaignReason? Reason { get; init; }

    public BounceCode? BounceCode { get; init; }

    public ReplyClass? Class { get; init; }

    public string? Rule { get; init; }

    /// <summary>Version of the rules that it is of.</summary>
    public string? RuleSet { get; init; }

    /// <summary>The recipient complained or unsubscribed.</summary>
    public bool Complained { get; init; }

    /// <summary>The remote's words at the last failure.</summary>
    public string? Reply { get; init; }

    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    public Azure.ETag ETag { get; init; }

    /// <summary>Attempts that ended in a soft bounce, by when they did.</summary>
    internal IEnumerable<DateTimeOffset> Deferrals => History.Where(entry => entry is { Attempt: not null, What: not ("delivered" or "failed") }).Select(entry => entry.Time);

    /// <summary>Where it stands for the KPIs.</summary>
    internal Standing Standing => new(Domain, Provider, State, Deferrals.Count(), Finished, MillisecondsToDeliver);

    /// <summary>The row of a message that was just accepted.</summary>
    public static TableEntity Accepted(LogPartition partition, string messageId, Addresses.EmailAddress to, int bytes, DateTimeOffset received, DateTimeOffset expires, string batchId, int slot)
    {
        ArgumentNullException.ThrowIfNull(to);
        return new TableEntity(partition.Key, LogKeys.Message(messageId))
        {
            [nameof(To)] = to.ToString(),
            [nameof(Domain)] = to.Domain,
            ["Status"] = MessageStates.Sent,
            [nameof(State)] = nameof(MessageState.Queued),
            [nameof(Bytes)] = bytes,
            [nameof(Received)] = received,
            [nameof(Expires)] = expires,
            [nameof(BatchId)] = batchId,
            [nameof(Slot)] = slot,
        };
    }

    /// <summary>A merge that changes the state.</summary>
    public static TableEntity Update(LogPartition partition, string messageId, MessageState state, DateTimeOffset now) =>
        new(partition.Key, LogKeys.Message(messageId))
        {
            ["Status"] = state.Status(),
            [nameof(State)] = state.ToString(),
            [nameof(Updated)] = now,
        };

    /// <summary>Adds the verdict's columns.</summary>
    public static void SetVerdict(TableEntity row, Verdict verdict, string? reply)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(verdict);
        row[nameof(FailureType)] = verdict.Type.ToString();
        row[nameof(Reason)] = (int)verdict.Reason;
        row[nameof(BounceCode)] = (int)verdict.Code;
        row[nameof(Class)] = verdict.Class.ToString();
        row[nameof(Rule)] = verdict.Rule;
        if (verdict.RuleSet is not null)
            row[nameof(RuleSet)] = verdict.RuleSet;
        if (reply is not null)
            row[nameof(Reply)] = reply;
    }

    /// <summary>Adds an entry of the history under a name of its own, so that a merge appends without reading.</summary>
    public static void SetEntry(TableEntity row, int number, HistoryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(row);
        row[string.Create(CultureInfo.InvariantCulture, $"{EntryPrefix}{Math.Min(number, HistoryEntry.MaxEntries):D3}")] =
            JsonSerializer.Serialize(entry, HistoryJson.Default.HistoryEntry);
    }

    public static MessageRow Read(TableEntity row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var state = Enum.Parse<MessageState>(row.GetString(nameof(State)) ?? nameof(MessageState.Queued));
        // A merge cannot take columns away: a delivered message still has those of an earlier soft bounce.
        var failed = state is not (MessageState.Delivered or MessageState.Queued);
        return new MessageRow
        {
            Partition = LogPartition.Parse(row.PartitionKey),
            MessageId = row.RowKey[LogKeys.MessagePrefix.Length..],
            To = row.GetString(nameof(To)) ?? "",
            Domain = row.GetString(nameof(Domain)) ?? "",
            State = state,
            Bytes = row.GetInt32(nameof(Bytes)) ?? 0,
            Received = row.GetDateTimeOffset(nameof(Received)) ?? default,
            Expires = row.GetDateTimeOffset(nameof(Expires)) ?? default,
            Updated = row.GetDateTimeOffset(nameof(Updated)) ?? row.GetDateTimeOffset(nameof(Received)) ?? default,
            BatchId = row.GetString(nameof(BatchId)) ?? "",
            Slot = row.GetInt32(nameof(Slot)) ?? 0,
            Attempts = row.GetInt32(nameof(Attempts)) ?? 0,
            SoftBounced = row.GetBoolean(nameof(SoftBounced)) ?? false,
            Provider = row.GetString(nameof(Provider)),
            Finished = row.GetDateTimeOffset(nameof(Finished)),
            MillisecondsToDeliver = row.GetInt64(nameof(MillisecondsToDeliver)),
            Next = state == MessageState.Waiting ? row.GetDateTimeOffset(nameof(Next)) : null,
            WaitsFor = state == MessageState.Waiting ? row.GetString(nameof(WaitsFor)) : null,
            FailureType = failed && Enum.TryParse<FailureType>(row.GetString(nameof(FailureType)), out var type) ? type : null,
            Reason = failed ? (CampaignReason?)row.GetInt32(nameof(Reason)) : null,
            BounceCode = failed ? (BounceCode?)row.GetInt32(nameof(BounceCode)) : null,
            Class = failed && Enum.TryParse<ReplyClass>(row.GetString(nameof(Class)), out var replyClass) ? replyClass : null,
            Rule = failed ? row.GetString(nameof(Rule)) : null,
            RuleSet = failed ? row.GetString(nameof(RuleSet)) : null,
            Complained = row.GetBoolean(nameof(Complained)) ?? false,
            Reply = failed ? row.GetString(nameof(Reply)) : null,
            History = [.. row.Keys.Where(k => k.StartsWith(EntryPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .Select(k => JsonSerializer.Deserialize(row.GetString(k), HistoryJson.Default.HistoryEntry)!)],
            ETag = row.ETag,
        };
    }
}
