namespace EnhancedMta.Paths.Leases;

/// <summary>Where there are fewer connections than processes, each has its connection for a turn. Pure.</summary>
internal static class Turns
{
    /// <summary>For as long as so many messages take, within these bounds; then it is another's turn.</summary>
    private const int Messages = 50;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How soon who has a connection looks whether transactional mail waits for it.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <param name="secondsPerMessage">How long a message occupies a connection; null while unknown.</param>
    public static TimeSpan Length(double? secondsPerMessage) =>
        TimeSpan.FromSeconds(Math.Clamp(Messages * (secondsPerMessage ?? MessageTimes.FirstGuessSeconds), Shortest.TotalSeconds, Longest.TotalSeconds));

    /// <summary>About when each of those that wait gets a connection, should the others use theirs for a whole turn.</summary>
    /// <param name="leases">That hold, in their order.</param>
    /// <param name="limit">Of the path.</param>
    /// <param name="turn">Its length.</param>
    /// <param name="now">Nobody's turn comes before.</param>
    public static IEnumerable<(ConnectionLease Lease, DateTimeOffset Turn)> Of(IReadOnlyList<ConnectionLease> leases, int limit, TimeSpan turn, DateTimeOffset now)
    {
        var free = Math.Max(0, limit - leases.Sum(l => l.Count)) + leases.Sum(l => l.Closing);
        // Each has one to give then; what is given ends a turn later.
        var ends = new PriorityQueue<DateTimeOffset, DateTimeOffset>();
        foreach (var end in Enumerable.Repeat(now, free).Concat(leases.Where(l => l.Count > l.Closing).Select(l => Later(l.Since + turn, now))))
            ends.Enqueue(end, end);
        foreach (var lease in leases.Where(l => l.IsWaiting))
        {
            if (!ends.TryDequeue(out var end, out _))
                yield break;
            if (lease.IsUrgent && end > now + Look)
                end = now + Look;
            ends.Enqueue(end + turn, end + turn);
            yield return (lease, end);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
