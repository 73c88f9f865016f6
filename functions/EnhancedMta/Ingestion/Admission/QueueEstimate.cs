namespace EnhancedMta.Ingestion.Admission;

/// <summary>How long what is on a queue waits.</summary>
/// <param name="HeadAge">How long the oldest order has waited.</param>
/// <param name="Depth">Orders that wait.</param>
/// <param name="PerSecond">Orders that leave the queue, by all instances together; null while that is not known.</param>
public sealed record QueueEstimate(TimeSpan HeadAge, int Depth, double? PerSecond)
{
    /// <summary>Nothing is known.</summary>
    public static QueueEstimate Unknown { get; } = new(TimeSpan.Zero, 0, null);

    /// <summary>Until the queue is empty when nothing more comes; null while that is not known.</summary>
    public TimeSpan? ToEmpty => PerSecond is > 0 and { } rate ? TimeSpan.FromSeconds(Math.Min(Depth / rate, TimeSpan.MaxValue.TotalSeconds / 2)) : null;

    /// <summary>What an order that is put there now will wait, for all that is known. The head's age alone tells of those that came long ago.</summary>
    public TimeSpan Wait => ToEmpty is { } ahead && ahead > HeadAge ? ahead : HeadAge;
}
