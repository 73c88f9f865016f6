namespace EnhancedMta.ReturnPaths;

/// <summary>What a return path that we signed says about the message that came back.</summary>
/// <param name="DeliveryKey">Finds the delivery: <see cref="ReturnPathCodec.DeliveryKey"/> of its id.</param>
/// <param name="Shard">Partition of the delivery's log that holds the message.</param>
/// <param name="MessageKey">Finds the message in it: <see cref="ReturnPathCodec.MessageKey"/> of its id.</param>
/// <param name="MessageId">The id itself, unless it was too long and only its hash fitted in.</param>
public sealed record ReturnPath(string DeliveryKey, int Shard, string MessageKey, string? MessageId);
