using EnhancedMta.Batches;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Ingestion;

/// <summary>Messages of one log partition on their way into a batch, their content packed already.</summary>
internal sealed class BatchBuilder(LogPartition partition) : IDisposable
{
    /// <summary>A batch is closed at so much content, so that a pack stays small in memory when it is read.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly PackWriter _pack = new();

    public LogPartition Partition { get; } = partition;

    public List<PackItem> Messages { get; } = [];

    public int Bytes { get; private set; }

    public bool IsFull => Messages.Count == Batch.MaxMessages || Bytes >= MaxBytes;

    /// <returns>False when this batch has the messageId already.</returns>
    public bool TryAdd(IncomingMessage message)
    {
        if (!_ids.Add(message.MessageId))
            return false;
        using var phase = Phases.Compute(Phases.Pack);
        Messages.Add(new PackItem(message.MessageId, message.To.LocalPart, message.To.Domain, message.FromDomain, message.Content.Length, message.EightBit));
        Bytes += message.Content.Length;
        _pack.Add(message.Content.Span);
        return true;
    }

    /// <summary>The pack of all messages. Nothing can be added afterwards.</summary>
    public BinaryData Pack(DateTimeOffset received, DateTimeOffset expires)
    {
        using var phase = Phases.Compute(Phases.Pack);
        return _pack.Finish(new PackHeader(Partition.Key, received, expires, Messages));
    }

    public void Dispose() => _pack.Dispose();
}
