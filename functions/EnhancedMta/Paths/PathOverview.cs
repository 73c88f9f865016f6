using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>A path as people look at it.</summary>
public sealed record PathOverview
{
    public required string Id { get; init; }

    public required string Egress { get; init; }

    public required string Site { get; init; }

    /// <summary>The MX rule that it goes by.</summary>
    public required string Rule { get; init; }

    public required PathMode Mode { get; init; }

    /// <summary>What it may do now, and why that and not the rule's figures.</summary>
    public required PathLimits Limits { get; init; }

    /// <summary>What holds it back at this moment, for people; null when nothing does.</summary>
    public string? Binds { get; init; }

    /// <summary>Messages that went in the slice that is now.</summary>
    public int UsedInSlice { get; init; }

    /// <summary>Messages that it takes in a slice; null for any number.</summary>
    public int? LimitOfSlice { get; init; }

    /// <summary>Messages that have a slice of theirs to come back in.</summary>
    public int Planned { get; init; }

    /// <summary>When the last of them goes.</summary>
    public DateTimeOffset? PlannedUntil { get; init; }

    /// <summary>Processes that have leave for connections, and for how many in all.</summary>
    public int Processes { get; init; }

    public int LeasedConnections { get; init; }

    /// <summary>How long a message occupies a connection.</summary>
    public double? SecondsPerMessage { get; init; }

    public DateTimeOffset Changed { get; init; }

    internal static PathOverview Of(PathRow row, MxRule rule, DateTimeOffset now)
    {
        var limits = PathLimits.Of(row.Control, rule, now);
        var slice = Slice.At(now);
        var (used, most) = (row.Slices.Used(slice), limits.MessagesPerHour is { } hourly ? slice.ShareOf(hourly) : (int?)null);
        var leases = row.Leases.Where(l => l.Until > now).ToList();
        var leased = leases.Sum(l => l.Count);
        return new PathOverview
        {
            Id = row.Id.Key,
            Egress = row.Id.Egress,
            Site = row.Id.Site,
            Rule = rule.Id,
            Mode = row.Control.ModeAt(now),
            Limits = limits,
            Binds = PathHold.Of(row.Id, row.Control, limits) is { } hold ? hold.Why
                : used >= most ? $"messages per hour: {used} of {most} went in these five minutes"
                : leased >= limits.Connections && row.Lines.Values.Any(end => end > now) ? $"connections: all {limits.Connections} are in use, and messages wait"
                : null,
            UsedInSlice = used,
            LimitOfSlice = most,
            Planned = row.Slices.AllPlanned,
            PlannedUntil = row.Slices.LastPlanned?.End,
            Processes = leases.Count,
            LeasedConnections = leased,
            SecondsPerMessage = row.SecondsPerMessage is { } seconds ? Math.Round(seconds, 3) : null,
            Changed = row.Changed,
        };
    }
}
