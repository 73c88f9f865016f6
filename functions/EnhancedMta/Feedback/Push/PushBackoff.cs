namespace EnhancedMta.Feedback.Push;

/// <summary>When to try an endpoint again: seconds at first, hours at last, never given up. Spread, so that what failed together does not come back together.</summary>
internal static class PushBackoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <param name="failures">In a row, 1 or more.</param>
    /// <param name="asked">What the endpoint asked for (Retry-After, RFC 9110 §10.2.3), or null.</param>
    /// <param name="random">For the spread: between half of the wait and all of it.</param>
    public static TimeSpan After(int failures, TimeSpan? asked, Random random)
    {
        var full = failures > 20 ? Longest : Min(First * Math.Pow(2, failures - 1), Longest);
        var spread = full * (0.5 + random.NextDouble() / 2);
        return asked > spread ? Min(asked.Value, Longest) : spread;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
