namespace EnhancedMta.Batches;

/// <summary>A relay queue as storage tells it.</summary>
/// <param name="At">When it was asked, by storage's own clock, which <paramref name="Head"/> is of.</param>
/// <param name="Head">When its first visible order was put there; null when none is visible: what waits for a time is none of it.</param>
/// <param name="Depth">Orders, hidden ones included, about.</param>
public sealed record QueueReading(DateTimeOffset At, DateTimeOffset? Head, int Depth);
