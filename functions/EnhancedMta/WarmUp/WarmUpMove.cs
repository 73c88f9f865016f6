namespace EnhancedMta.WarmUp;

/// <summary>What became of a day, or what an operator set.</summary>
/// <param name="Date">The day that ended (UTC), or on which it was set.</param>
/// <param name="From">Day of the schedule; null for warm.</param>
/// <param name="To">Day of the schedule; null for warm.</param>
/// <param name="Why">For people.</param>
/// <param name="Counts">Answers of the day that ended.</param>
public sealed record WarmUpMove(DateOnly Date, int? From, int? To, string Why, WarmUpCounts Counts);
