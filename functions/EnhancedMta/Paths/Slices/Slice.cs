namespace EnhancedMta.Paths.Slices;

/// <summary>Five minutes of a path's time: Campaign enforces messages per hour in twelve of them, so that an hour's mail does not go out in its first minute.</summary>
/// <param name="Number">Since the beginning of the calendar that .NET counts in.</param>
public readonly record struct Slice(long Number)
{
    public const int PerHour = 12;

    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    /// <summary>Towards its end nothing more is begun: the server should count it to the same slice as we do.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    public DateTimeOffset Start => new(Number * Length.Ticks, TimeSpan.Zero);

    public DateTimeOffset End => Start + Length;

    public static Slice At(DateTimeOffset time) => new(time.UtcTicks / Length.Ticks);

    /// <summary>The slice that what begins now belongs to, or null in its last moments.</summary>
    public static Slice? OpenAt(DateTimeOffset now) => At(now + Margin) == At(now) ? At(now) : null;

    /// <summary>How many of an hour's messages this slice takes: a twelfth, rounded down; less than twelve an hour are spread over its slices.</summary>
    public int ShareOf(int messagesPerHour)
    {
        if (messagesPerHour >= PerHour)
            return messagesPerHour / PerHour;
        var index = Number % PerHour;
        return (int)((messagesPerHour * (index + 1) / PerHour) - (messagesPerHour * index / PerHour));
    }

    public static Slice operator +(Slice slice, long count) => new(slice.Number + count);
}
