namespace EnhancedMta.Paths;

/// <summary>What of a delivery waits for a path's limits.</summary>
/// <param name="Path">Its id.</param>
/// <param name="Egress">For people.</param>
/// <param name="Site">For people.</param>
/// <param name="Planned">Messages of the delivery that have a time to go by it; null where only the time is known.</param>
/// <param name="Finish">When the last of them goes.</param>
/// <param name="Binds">What holds it back, for people.</param>
/// <param name="Bounds">All that does.</param>
public sealed record PathForecast(string Path, string Egress, string Site, int? Planned, DateTimeOffset Finish, string? Binds, IReadOnlyList<PathBound> Bounds);
