namespace EnhancedMta.Traffic;

/// <summary>Campaign's choices of a throughput report, each with as many points as a graph shows.</summary>
/// <param name="Name">As asked for.</param>
/// <param name="Length">Of the window.</param>
/// <param name="Step">From one point to the next; whole minutes.</param>
public sealed record TrafficWindow(string Name, TimeSpan Length, TimeSpan Step)
{
    public const string Rule = "must be 1h, 3h or 24h.";

    public static IReadOnlyList<TrafficWindow> All { get; } =
    [
        new("1h", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)),
        new("3h", TimeSpan.FromHours(3), TimeSpan.FromMinutes(2)),
        new("24h", TimeSpan.FromHours(24), TimeSpan.FromMinutes(10)),
    ];

    /// <summary>Null for a name that is not known.</summary>
    public static TrafficWindow? Find(string? name) => All.FirstOrDefault(w => w.Name == name);

    /// <summary>Where the first point of a window begins that holds <paramref name="now"/> in its last.</summary>
    public DateTimeOffset FirstAt(DateTimeOffset now) => new DateTimeOffset(now.UtcTicks - now.UtcTicks % Step.Ticks, TimeSpan.Zero) + Step - Length;
}
