namespace EnhancedMta.Paths.Leases;

/// <summary>Who has leave for how many connections of a path. Pure: part of the path's row, changed with it by ETag.</summary>
internal static class ConnectionLeases
{
    /// <summary>Asks for connections, or for fewer.</summary>
    /// <param name="leases">Of the row.</param>
    /// <param name="who">Who asks.</param>
    /// <param name="open">Connections that it has open; they count until they are closed.</param>
    /// <param name="wanted">Connections that it could use; 0 when it needs none any more.</param>
    /// <param name="limit">Of the path.</param>
    /// <param name="now">What does not hold any more is forgotten.</param>
    /// <param name="until">How long the lease holds by itself.</param>
    /// <param name="lives">Until when each process is known to live.</param>
    /// <param name="gives">Where there are fewer connections than processes: to whom of those that wait it gives what it has.</param>
    /// <param name="isUrgent">Transactional mail of its waits: it comes before those in the line that have none.</param>
    /// <returns>
    /// The leases as they are then, and how many connections it may have. That can be less than it has open: others have less than an equal
    /// share, and it should close some. Those that have none are in the order in which they came to wait, and are served in it.
    /// </returns>
    public static (IReadOnlyList<ConnectionLease> Leases, int Granted) Ask(
        IReadOnlyList<ConnectionLease> leases, (string Process, int Holder) who, int open, int wanted, int limit,
        DateTimeOffset now, DateTimeOffset until, IReadOnlyDictionary<string, DateTimeOffset> lives, Giving gives = Giving.ToNobody, bool isUrgent = false)
    {
        var others = leases.Where(l => !l.IsOf(who) && l.Holds(now, lives)).ToList();
        if (open == 0 && wanted == 0)
            return (others, 0);
        var own = leases.FirstOrDefault(l => l.IsOf(who));
        var free = Math.Max(0, limit - others.Sum(l => l.Count));
        var fair = Math.Max(1, limit / (others.Count + 1));
        var granted = Math.Min(wanted, free);
        if (others.Exists(l => l.Count < Math.Min(l.Wanted, fair)))
            granted = Math.Min(granted, fair);
        var place = own is { IsWaiting: true } ? leases.TakeWhile(l => !l.IsOf(who)).Count(l => l.Holds(now, lives)) : others.Count;
        if (isUrgent && others.FindIndex(l => l is { IsWaiting: true, IsUrgent: false }) is >= 0 and var usual)
            place = Math.Min(place, usual);
        var ahead = others.Take(place).Count(l => l.IsWaiting);
        var kept = Math.Min(Has(own), fair);
        // Once for each that waits: a place that is free, or about to be, serves one of them already.
        var served = gives switch { Giving.ToAll => ahead, Giving.ToUrgent => others.Take(place).Count(l => l is { IsWaiting: true, IsUrgent: true }), _ => 0 };
        kept = Math.Max(0, kept - Math.Max(0, served - (free - Has(own)) - others.Sum(l => l.Closing)));
        granted = Math.Min(granted, Math.Max(kept, free - ahead));
        var lease = new ConnectionLease(who.Process, who.Holder, Math.Max(granted, open), wanted, until) { Closing = Math.Max(0, open - granted) };
        lease = lease with { IsUrgent = isUrgent && lease.IsWaiting, Since = own?.IsWaiting == lease.IsWaiting ? own.Since : now };
        others.Insert(lease.IsWaiting ? place : others.Count, lease);
        return (others, granted);
    }

    private static int Has(ConnectionLease? lease) => lease is null ? 0 : lease.Count - lease.Closing;
}
