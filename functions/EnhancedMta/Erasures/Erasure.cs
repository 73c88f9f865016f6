using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Erasures;

/// <summary>A recipient's data being erased, and what was. The address is in its row until it is done, and in no answer and no log.</summary>
public sealed record Erasure
{
    internal const string Partition = "erasure";

    public required string Id { get; init; }

    /// <summary>Null when it is done.</summary>
    public string? Address { get; init; }

    public ErasureStatus Status { get; init; }

    public DateTimeOffset Begun { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>The delivery that was looked through last in this pass; null at its beginning.</summary>
    public string? After { get; init; }

    /// <summary>When the next pass begins: what was on its way is settled then.</summary>
    public DateTimeOffset? Again { get; init; }

    /// <summary>Deliveries looked through in this pass.</summary>
    public int Deliveries { get; init; }

    /// <summary>Rows of the sending log that lost address, replies and details. A process that dies may leave the last delivery's uncounted.</summary>
    public int Messages { get; init; }

    /// <summary>Feed pages whose events lost address and replies.</summary>
    public int FeedPages { get; init; }

    /// <summary>Packs that lost the message's content and recipient.</summary>
    public int Packs { get; init; }

    /// <summary>Bounce mails deleted.</summary>
    public int BounceMails { get; init; }

    /// <summary>Stored answers to relay requests that named it.</summary>
    public int Answers { get; init; }

    /// <summary>Found in this pass and still on their way: they are not touched before they are settled.</summary>
    public int Open { get; init; }

    /// <summary>When the last of these is settled at the latest.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    internal ETag ETag { get; init; }

    internal TableEntity ToRow() => new(Partition, Id)
    {
        [nameof(Address)] = Address,
        [nameof(Status)] = Status.ToString(),
        [nameof(Begun)] = Begun,
        [nameof(Finished)] = Finished,
        [nameof(After)] = After,
        [nameof(Again)] = Again,
        [nameof(Deliveries)] = Deliveries,
        [nameof(Messages)] = Messages,
        [nameof(FeedPages)] = FeedPages,
        [nameof(Packs)] = Packs,
        [nameof(BounceMails)] = BounceMails,
        [nameof(Answers)] = Answers,
        [nameof(Open)] = Open,
        [nameof(OpenUntil)] = OpenUntil,
    };

    internal static Erasure Read(TableEntity row) => new()
    {
        Id = row.RowKey,
        Address = row.GetString(nameof(Address)),
        Status = Enum.Parse<ErasureStatus>(row.GetString(nameof(Status))),
        Begun = row.GetDateTimeOffset(nameof(Begun)) ?? default,
        Finished = row.GetDateTimeOffset(nameof(Finished)),
        After = row.GetString(nameof(After)),
        Again = row.GetDateTimeOffset(nameof(Again)),
        Deliveries = row.GetInt32(nameof(Deliveries)) ?? 0,
        Messages = row.GetInt32(nameof(Messages)) ?? 0,
        FeedPages = row.GetInt32(nameof(FeedPages)) ?? 0,
        Packs = row.GetInt32(nameof(Packs)) ?? 0,
        BounceMails = row.GetInt32(nameof(BounceMails)) ?? 0,
        Answers = row.GetInt32(nameof(Answers)) ?? 0,
        Open = row.GetInt32(nameof(Open)) ?? 0,
        OpenUntil = row.GetDateTimeOffset(nameof(OpenUntil)),
        ETag = row.ETag,
    };

    /// <summary>Of one that is still on its way.</summary>
    internal Erasure Waits(DateTimeOffset until) => this with { Open = Open + 1, OpenUntil = OpenUntil > until ? OpenUntil : until };
}

public enum ErasureStatus
{
    /// <summary>A pass over all deliveries is under way.</summary>
    Running,
    /// <summary>All is erased but what is on its way; another pass follows when that is settled.</summary>
    Waiting,
    Done,
}
