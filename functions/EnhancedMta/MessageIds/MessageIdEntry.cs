using EnhancedMta.SendingLog;

namespace EnhancedMta.MessageIds;

/// <summary>Where the message is that came with a Message-ID of its own.</summary>
/// <param name="Key">The Message-ID's.</param>
/// <param name="Partition">Of the sending log.</param>
/// <param name="MessageId">Campaign's id of the message.</param>
internal readonly record struct MessageIdEntry(MessageIdKey Key, LogPartition Partition, string MessageId);
