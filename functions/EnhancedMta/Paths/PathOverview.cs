using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
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
    public string? Binds => Bounds.Count == 0 ? null : Bounds[0].Says;

    /// <summary>All that does, the longest first as a rule: suspension, messages per hour, connections, new connections per minute.</summary>
    public IReadOnlyList<PathBound> Bounds { get; init; } = [];

    /// <summary>Messages that went in the slice that is now.</summary>
    public int UsedInSlice { get; init; }

    /// <summary>Messages that it takes in a slice; null for any number.</summary>
    public int? LimitOfSlice { get; init; }

    /// <summary>Messages that have a slice of theirs to come back in.</summary>
    public int Planned { get; init; }

    /// <summary>When the last of them goes.</summary>
    public DateTimeOffset? PlannedUntil { get; init; }

    /// <summary>Processes that have leave for connections.</summary>
    public int Processes => Holders.Count;

    /// <summary>For how many they have it in all.</summary>
    public int LeasedConnections => Holders.Sum(h => h.Connections);

    /// <summary>These processes.</summary>
    public IReadOnlyList<HoldingProcess> Holders { get; init; } = [];

    /// <summary>Those that have none and wait for one, in the order in which they get it.</summary>
    public IReadOnlyList<WaitingProcess> Line { get; init; } = [];

    /// <summary>Connections opened in the minute that is now, by all of them.</summary>
    public int OpenedInMinute { get; init; }

    /// <summary>By the rule; null for any number.</summary>
    public int? ConnectionsPerMinute { get; init; }

    /// <summary>How long a message occupies a connection.</summary>
    public double? SecondsPerMessage { get; init; }

    public DateTimeOffset Changed { get; init; }

    /// <param name="row">Of the path.</param>
    /// <param name="rule">That it goes by.</param>
    /// <param name="now">Decides slice, minute and what is over.</param>
    /// <param name="lives">Until when processes are known to live: a lease's own end does not tell.</param>
    /// <param name="isWaitedFor">Somebody is known to wait for its connections.</param>
    internal static PathOverview Of(PathRow row, MxRule rule, DateTimeOffset now, IReadOnlyDictionary<string, DateTimeOffset> lives, bool isWaitedFor = false)
    {
        var limits = PathLimits.Of(row.Control, rule, now);
        var slice = Slice.At(now);
        var leases = row.Leases.Where(l => l.Holds(now, lives)).ToList();
        var line = Turns.Of(leases, limits.Connections, Turns.Length(row.SecondsPerMessage), now)
            .Select(w => new WaitingProcess(w.Lease.Process, w.Lease.Wanted, w.Lease.IsUrgent, w.Lease.Since, w.Turn)).ToList();
        return new PathOverview
        {
            Id = row.Id.Key,
            Egress = row.Id.Egress,
            Site = row.Id.Site,
            Rule = rule.Id,
            Mode = row.Control.ModeAt(now),
            Limits = limits,
            Bounds = [.. PathBound.Of(row, leases, line, limits, rule, now, isWaitedFor)],
            UsedInSlice = row.Slices.Used(slice),
            LimitOfSlice = limits.MessagesPerHour is { } hourly ? slice.ShareOf(hourly) : null,
            Planned = row.Slices.AllPlanned,
            PlannedUntil = row.Slices.LastPlanned?.End,
            Holders = [.. leases.Where(l => l.Count > 0).Select(l => new HoldingProcess(l.Process, l.Count, l.Closing, l.Since))],
            Line = line,
            OpenedInMinute = row.Openings.Minute == OpeningCount.MinuteOf(now) ? row.Openings.Count : 0,
            ConnectionsPerMinute = rule.ConnectionsPerMinute,
            SecondsPerMessage = row.SecondsPerMessage is { } seconds ? Math.Round(seconds, 3) : null,
            Changed = row.Changed,
        };
    }
}
