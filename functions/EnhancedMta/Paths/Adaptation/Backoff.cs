namespace EnhancedMta.Paths.Adaptation;

/// <summary>A path that cannot be used at all is left alone for minutes, and tried with little after that. Forgotten when something gets through.</summary>
/// <param name="TakesNothing">Sessions can be had, but every message is put off. Else no session can be had.</param>
/// <param name="Failures">In a row: waits that were followed by another failure.</param>
/// <param name="At">When the last was met.</param>
/// <param name="Until">When it is tried again.</param>
/// <param name="Cause">Our error, by name.</param>
/// <param name="Sample">The remote's words.</param>
public sealed record Backoff(bool TakesNothing, int Failures, DateTimeOffset At, DateTimeOffset Until, string? Cause, string? Sample)
{
    /// <summary>So many deferrals without any other answer are a path that takes nothing.</summary>
    internal const int InRow = 20;

    private const double JitterShare = 0.1;
    private const int SampleLength = 256;

    // Minutes, not days: an MX that is back should not wait for us long (research, §3 no. 21).
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>This failure as the next in a row.</summary>
    internal Backoff After(Backoff? was, DateTimeOffset now, Random random)
    {
        var failures = Math.Min(was?.Failures ?? 0, 1_000) + 1;
        var wait = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 10)));
        return this with
        {
            Failures = failures,
            At = At < now ? At : now,
            Until = now + wait * (1 + JitterShare * random.NextDouble()),
            Sample = Adaptation.Sample.Cut(Sample, SampleLength),
        };
    }
}
