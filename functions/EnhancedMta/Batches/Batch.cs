using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Batches;

/// <summary>Up to 96 messages of one log partition: the unit of queue work. Its row lives in that partition until all are settled.</summary>
public sealed record Batch
{
    /// <summary>100 operations of an entity group, less counters, minute, batch row and feed page.</summary>
    public const int MaxMessages = 96;

    public required LogPartition Partition { get; init; }

    /// <summary>Unique, and ordered by time.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the pack that holds the content.</summary>
    public required string Pack { get; init; }

    public required Lane Lane { get; init; }

    public required int Count { get; init; }

    /// <summary>A bit for each slot whose message has left this batch: settled, or moved on to another one.</summary>
    public UInt128 Done { get; init; }

    /// <summary>Null for a first batch, whose slots are the pack's messages in their order.</summary>
    public IReadOnlyList<BatchItem>? Items { get; init; }

    /// <summary>When a waiting batch is to be queued; null for one that is queued already.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When it was last put on its queue, as far as the row knows.</summary>
    public DateTimeOffset Queued { get; init; }

    /// <summary>The worker that has it.</summary>
    public string? ClaimedBy { get; init; }

    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>Messages that workers who died may have handed over, not counted yet. Whoever settles next counts them.</summary>
    public int PossibleRepeats { get; init; }

    public ETag ETag { get; init; }

    /// <summary>All slots.</summary>
    public UInt128 All => (UInt128.One << Count) - 1;

    public bool IsComplete => (Done & All) == All;

    public bool IsClaimed(DateTimeOffset now) => ClaimedBy is not null && ClaimedUntil > now;

    public bool IsDone(int slot) => (Done >> slot & 1) == 1;

    public int OpenCount => Count - (int)UInt128.PopCount(Done & All);

    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    public TableEntity ToRow()
    {
        var row = new TableEntity(Partition.Key, LogKeys.Batch(Id))
        {
            [nameof(Pack)] = Pack,
            [nameof(Lane)] = Lane.ToString(),
            [nameof(Count)] = Count,
            [nameof(Done)] = Done.ToString("x", CultureInfo.InvariantCulture),
            [nameof(Queued)] = Queued,
        };
        if (Items is not null)
            row[nameof(Items)] = JsonSerializer.Serialize(Items, BatchJson.Default.IReadOnlyListBatchItem);
        if (Due is { } due)
            row[nameof(Due)] = due;
        if (ClaimedBy is not null)
            row[nameof(ClaimedBy)] = ClaimedBy;
        if (ClaimedUntil is { } until)
            row[nameof(ClaimedUntil)] = until;
        if (PossibleRepeats > 0)
            row[nameof(PossibleRepeats)] = PossibleRepeats;
        return row;
    }

    public static Batch Read(TableEntity row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new Batch
        {
            Partition = LogPartition.Parse(row.PartitionKey),
            Id = row.RowKey[LogKeys.BatchPrefix.Length..],
            Pack = row.GetString(nameof(Pack)),
            Lane = Enum.Parse<Lane>(row.GetString(nameof(Lane))),
            Count = row.GetInt32(nameof(Count)) ?? 0,
            Done = UInt128.Parse(row.GetString(nameof(Done)), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            Queued = row.GetDateTimeOffset(nameof(Queued)) ?? default,
            Items = row.GetString(nameof(Items)) is { } items ? JsonSerializer.Deserialize(items, BatchJson.Default.IReadOnlyListBatchItem) : null,
            Due = row.GetDateTimeOffset(nameof(Due)),
            ClaimedBy = row.GetString(nameof(ClaimedBy)),
            ClaimedUntil = row.GetDateTimeOffset(nameof(ClaimedUntil)),
            PossibleRepeats = row.GetInt32(nameof(PossibleRepeats)) ?? 0,
            ETag = row.ETag,
        };
    }
}

/// <summary>A message of a retry batch, with what its next settlement must know without reading its row.</summary>
/// <param name="Index">Place in the pack.</param>
/// <param name="Attempts">Attempts made that count.</param>
/// <param name="Entries">Entries of its history.</param>
/// <param name="SoftBounced">Counted as soft bounced already.</param>
/// <param name="Reason">Campaign's reason of its last failure: what it fails with when it expires.</param>
/// <param name="Held">Its last verdict was held because of what may be an outage.</param>
/// <param name="Egress">Public id of the egress by which it was tried and should be tried again: greylists know a sender by its IP.</param>
/// <param name="Slice">Number of the slice in which its path has room planned for it.</param>
/// <param name="Provider">Where it was tried.</param>
public sealed record BatchItem(
    [property: JsonPropertyName("i")] int Index,
    [property: JsonPropertyName("a")] int Attempts,
    [property: JsonPropertyName("e")] int Entries,
    [property: JsonPropertyName("s")] bool SoftBounced,
    [property: JsonPropertyName("r")] int? Reason,
    [property: JsonPropertyName("h")] bool Held = false,
    [property: JsonPropertyName("g")] int? Egress = null,
    [property: JsonPropertyName("t")] long? Slice = null,
    [property: JsonPropertyName("p")] string? Provider = null);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(IReadOnlyList<BatchItem>))]
internal sealed partial class BatchJson : JsonSerializerContext;
