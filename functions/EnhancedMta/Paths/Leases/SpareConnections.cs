namespace EnhancedMta.Paths.Leases;

/// <summary>
/// Connections beyond what a process needs now: asking for each one as it is needed would cost an operation each. They come out of what nobody else
/// needs, and never more than half of that, so whoever comes later, as the third or the tenth process, finds some too. Pure: part of the path's row.
/// </summary>
internal static class SpareConnections
{
    /// <summary>Of a limit up to so many connections nobody takes more than it needs.</summary>
    private const int Few = 8;

    /// <param name="leases">As <see cref="ConnectionLeases.Ask"/> left them.</param>
    /// <param name="who">Who asked.</param>
    /// <param name="granted">Connections that it may have.</param>
    /// <param name="limit">Of the path.</param>
    /// <returns>The leases as they are then, and how many it may have. What it wants is left as it was: nobody has to close a connection for a spare one.</returns>
    public static (IReadOnlyList<ConnectionLease> Leases, int Granted) Add(IReadOnlyList<ConnectionLease> leases, (string Process, int Holder) who, int granted, int limit)
    {
        var own = leases.FirstOrDefault(l => l.IsOf(who));
        if (limit <= Few || own is null || own.Count > granted || leases.Any(l => l.Count < l.Wanted))
            return (leases, granted);
        var free = Math.Max(0, limit - leases.Sum(l => l.Count));
        var spare = Math.Clamp((limit / 2) - granted, 0, free / 2);
        return spare == 0 ? (leases, granted) : ([.. leases.Select(l => l == own ? l with { Count = granted + spare } : l)], granted + spare);
    }
}
