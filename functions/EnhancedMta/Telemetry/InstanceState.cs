using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Telemetry;

/// <summary>How the whole instance stands, poison queues included.</summary>
/// <param name="Measured">When.</param>
/// <param name="Queues">Those that exist.</param>
/// <param name="Paths">How many there are of each mode.</param>
/// <param name="DkimKeysMissing">Domains whose mail waits for a key.</param>
/// <param name="FeedLag">Of the endpoint that is furthest behind: the age of the oldest event that it has not taken.</param>
public sealed record InstanceState(DateTimeOffset Measured, IReadOnlyList<QueueState> Queues, IReadOnlyDictionary<PathMode, long> Paths, long DkimKeysMissing, TimeSpan FeedLag);

/// <param name="Name">Of the queue.</param>
/// <param name="Depth">Messages, hidden ones included, about.</param>
/// <param name="OldestAge">Of its first visible message; zero when it has none.</param>
public sealed record QueueState(string Name, long Depth, TimeSpan OldestAge);
