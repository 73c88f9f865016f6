using EnhancedMta.Batches;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Ingestion;

/// <summary>Messages of one log partition on their way into a batch.</summary>
internal sealed class BatchBuilder(LogPartition partition)
{
    /// <summary>A batch is closed at so much content, so that a pack stays small in memory on both sides.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public LogPartition Partition { get; } = partition;

    public List<IncomingMessage> Messages { get; } = [];

    public int Bytes { get; private set; }

    public bool IsFull => Messages.Count == Batch.MaxMessages || Bytes >= MaxBytes;

    /// <returns>False when this batch has the messageId already.</returns>
    public bool TryAdd(IncomingMessage message)
    {
        if (!_ids.Add(message.MessageId))
            return false;
        Messages.Add(message);
        Bytes += message.Content.Length;
        return true;
    }
}
