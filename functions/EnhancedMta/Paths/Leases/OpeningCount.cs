namespace EnhancedMta.Paths.Leases;

/// <summary>Connections opened in one minute, by all processes.</summary>
/// <param name="Minute">Since the beginning of the calendar that .NET counts in.</param>
/// <param name="Count">Leave given for so many.</param>
internal readonly record struct OpeningCount(long Minute, int Count)
{
    /// <summary>Towards a minute's end nothing more is opened: the server should count it to the same minute as we do.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>Until when leave given in this minute holds.</summary>
    public DateTimeOffset End => new DateTimeOffset((Minute + 1) * TimeSpan.TicksPerMinute, TimeSpan.Zero) - Margin;

    /// <summary>How many of a minute's openings marketing mail has: one in sixteen is for transactional mail that comes late in it.</summary>
    public static int UsualOf(int limit) => limit - (limit / 16);

    public static long MinuteOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute;

    /// <returns>The count as it is then, and leave for how many of <paramref name="wanted"/>.</returns>
    public (OpeningCount After, int Granted) Take(DateTimeOffset now, int limit, int wanted)
    {
        var minute = MinuteOf(now);
        var before = minute == Minute ? Count : 0;
        var granted = Math.Clamp(limit - before, 0, wanted);
        return (new OpeningCount(minute, before + granted), granted);
    }
}
