using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Feedback.Push;

/// <summary>How far a delivery's events were pushed. It goes with the delivery, whichever endpoint it has.</summary>
/// <param name="DeliveryId">Whose.</param>
/// <param name="Done">The last event that an endpoint confirmed.</param>
/// <param name="Planned">
/// The last event of the batch that is being posted, noted before it is posted for the first time: a repeated batch is the same batch. Null when there is none.
/// </param>
/// <param name="ETag">Null when there is no row yet.</param>
internal sealed record DeliveryPush(string DeliveryId, FeedEventId Done, FeedEventId? Planned, ETag? ETag)
{
    public const string Prefix = "d~";

    public static string Key(string deliveryId) => Prefix + deliveryId;

    public TableEntity ToRow() => new(PushTable.Partition, Key(DeliveryId)) { [nameof(Done)] = Done.ToString(), [nameof(Planned)] = Planned?.ToString() };

    public static DeliveryPush Read(TableEntity row) => new(
        row.RowKey[Prefix.Length..],
        FeedEventId.TryParse(row.GetString(nameof(Done)), out var done) ? done : FeedEventId.Start,
        FeedEventId.TryParse(row.GetString(nameof(Planned)), out var planned) ? planned : null,
        row.ETag);
}
