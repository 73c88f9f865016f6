namespace EnhancedMta.Paths.Leases;

/// <summary>
/// When messages should come back that wait for a path's connections. There is no limit in messages then, only an estimate of how fast
/// they go; each party has a line of its own, and with several of them each moves so much more slowly. Pure: part of the path's row.
/// </summary>
internal static class WaitingLine
{
    /// <param name="lines">Until when each party's messages are spoken for, by its id.</param>
    /// <param name="party">Whose.</param>
    /// <param name="urgent">It waits for no other party.</param>
    /// <param name="count">Messages.</param>
    /// <param name="perMessage">How long the path takes for one, with all its connections.</param>
    /// <param name="now">Lines that ended are forgotten.</param>
    /// <returns>The lines as they are then; and times, each with how many messages should come back at it, no more than about a minute's work at once.</returns>
    public static (Dictionary<uint, DateTimeOffset> Lines, IReadOnlyList<(DateTimeOffset Due, int Count)> Back) Join(
        IReadOnlyDictionary<uint, DateTimeOffset> lines, uint party, bool urgent, int count, TimeSpan perMessage, DateTimeOffset now)
    {
        var open = lines.Where(l => l.Value > now).ToDictionary(l => l.Key, l => l.Value);
        var slower = urgent ? 1 : open.Keys.Count(p => p != party) + 1;
        var each = perMessage * slower;
        var atOnce = (int)Math.Clamp(TimeSpan.FromMinutes(1) / each, 1, int.MaxValue);
        // Never at once: what would come back at once could have stayed.
        var due = urgent || !open.TryGetValue(party, out var end) ? now + TimeSpan.FromSeconds(30) : Max(end, now + TimeSpan.FromSeconds(30));
        var back = new List<(DateTimeOffset, int)>();
        for (var left = count; left > 0; left -= atOnce)
        {
            var here = Math.Min(left, atOnce);
            back.Add((due, here));
            due += each * here;
        }

        if (!urgent)
            open[party] = due;
        return (open, back);
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
