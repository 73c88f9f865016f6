using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>Something that holds a path back at this moment.</summary>
/// <param name="What">Which limit.</param>
/// <param name="Says">For people.</param>
/// <param name="Used">Messages, connections or new connections; null for a path that is held.</param>
/// <param name="Limit">Of these.</param>
/// <param name="Until">When it ends, or may ease; null when nothing tells.</param>
public sealed record PathBound(BoundKind What, string Says, int? Used, int? Limit, DateTimeOffset? Until)
{
    /// <summary>A path whose messages lacked connections so lately is held back by them.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    /// <param name="row">Of the path.</param>
    /// <param name="leases">Of these, those that hold.</param>
    /// <param name="line">Who waits, and when its turn comes.</param>
    /// <param name="limits">That hold now.</param>
    /// <param name="rule">Of the path.</param>
    /// <param name="now">Decides slice and minute.</param>
    /// <param name="isWaitedFor">Somebody is known to wait for its connections.</param>
    internal static IEnumerable<PathBound> Of(
        PathRow row, IReadOnlyList<ConnectionLease> leases, IReadOnlyList<WaitingProcess> line, PathLimits limits, MxRule rule, DateTimeOffset now, bool isWaitedFor)
    {
        if (PathHold.Of(row.Id, row.Control, limits) is { } hold)
        {
            yield return new PathBound(BoundKind.Held, hold.Why, null, null, hold.Until);
            yield break;
        }

        var slice = Slice.At(now);
        if (limits.MessagesPerHour is { } hourly && row.Slices.Used(slice) is var used && slice.ShareOf(hourly) is var most && used >= most)
            yield return new PathBound(BoundKind.MessagesPerHour, $"messages per hour: {used} of {most} went in these five minutes", used, most, slice.End);
        var leased = leases.Sum(l => l.Count);
        if (leased >= limits.Connections && (isWaitedFor || line.Count > 0 || row.Lines.Values.Any(end => end > now) || row.LackedConnections + Lately > now))
        {
            var says = $"connections: all {limits.Connections} are in use by {Processes(leases.Count(l => l.Count > 0))}";
            yield return new PathBound(
                BoundKind.Connections,
                line.Count > 0 ? $"{says}, {Processes(line.Count)} in line, the next turn by {line[0].Turn:u}" : $"{says}, and messages wait",
                leased, limits.Connections, line.Count > 0 ? line[0].Turn : null);
        }

        if (rule.ConnectionsPerMinute is { } perMinute && row.Openings.Minute == OpeningCount.MinuteOf(now) && row.Openings.Count >= OpeningCount.UsualOf(perMinute))
        {
            yield return new PathBound(
                BoundKind.ConnectionsPerMinute, $"connections per minute: {row.Openings.Count} of {perMinute} were opened in this minute", row.Openings.Count, perMinute,
                new DateTimeOffset((row.Openings.Minute + 1) * TimeSpan.TicksPerMinute, TimeSpan.Zero));
        }
    }

    private static string Processes(int count) => count == 1 ? "1 process" : $"{count} processes";
}

public enum BoundKind
{
    /// <summary>Suspended, or backing off.</summary>
    Held,

    /// <summary>The slice of five minutes is full.</summary>
    MessagesPerHour,

    /// <summary>All are taken, and somebody waits for one.</summary>
    Connections,

    /// <summary>No more may be opened in this minute; those that are open go on.</summary>
    ConnectionsPerMinute,
}

/// <param name="Process">Which one; it takes another name when it could not say in time that it lives.</param>
/// <param name="Connections">That it may have open.</param>
/// <param name="Closing">Of these, those that it gives to others at the end of the messages under way.</param>
/// <param name="Since">When it got the first of them.</param>
public sealed record HoldingProcess(string Process, int Connections, int Closing, DateTimeOffset Since);

/// <param name="Process">Which one.</param>
/// <param name="Wanted">Connections that it could use.</param>
/// <param name="IsUrgent">Transactional mail waits there.</param>
/// <param name="Since">When it came to wait.</param>
/// <param name="Turn">By when it gets a connection, should the others use theirs for a whole turn.</param>
public sealed record WaitingProcess(string Process, int Wanted, bool IsUrgent, DateTimeOffset Since, DateTimeOffset Turn);
