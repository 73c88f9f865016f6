using EnhancedMta.Qualification;

namespace EnhancedMta.Retries;

/// <summary>When a message that failed for now is tried again. Pure: the same arguments, with a Random of the same seed, give the same time.</summary>
public sealed class RetryPlan
{
    /// <summary>How long before the end of the validity the last attempt is due: room for the timer that starts it and for a slow server.</summary>
    public static readonly TimeSpan LastAttemptMargin = TimeSpan.FromMinutes(5);

    // A message that is valid for a few minutes only gets its second attempt, too.
    private const double ShortLifeMargin = 0.05;
    private const double JitterShare = 0.1;

    // A server that names the same short delay each time is not believed for three days.
    private const int HintedAttempts = 5;

    private static readonly TimeSpan Cap = TimeSpan.FromHours(4);

    private readonly Pace _otherwise = new(TimeSpan.FromMinutes(20), Cap, 0);

    private readonly Dictionary<ReplyClass, Pace> _paces = new()
    {
        // Greylists open after 1 to 15 minutes, a few after an hour; what still says so after some hours is something else.
        [ReplyClass.Greylisted] = new(TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), 8),
        // The path's own limits slow the site down; the message itself need not wait long.
        [ReplyClass.Throttled] = new(TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), 8),
        // Somebody has to delete mail first.
        [ReplyClass.MailboxFull] = new(TimeSpan.FromHours(2), Cap, 0),
        // Coming back at once confirms the suspicion.
        [ReplyClass.SpamRefusal] = new(TimeSpan.FromHours(1), Cap, 0),
        [ReplyClass.PolicyRefusal] = new(TimeSpan.FromHours(1), Cap, 0),
        [ReplyClass.AuthenticationRefusal] = new(TimeSpan.FromHours(1), Cap, 0),
    };

    /// <param name="class">Of the reply or error that the attempt met.</param>
    /// <param name="attempts">Attempts made, this one included: 1 or more.</param>
    /// <param name="now">When it failed.</param>
    /// <param name="expires">End of the validity period.</param>
    /// <param name="hint">The delay that the reply named (<see cref="RetryHint"/>). Only the end of the validity makes the next attempt earlier.</param>
    /// <param name="jitter">±10 %, so that what failed together does not come back together.</param>
    /// <returns>After <paramref name="now"/> and before <paramref name="expires"/>; null when the last attempt was made and only the expiry is left.</returns>
    public DateTimeOffset? Next(ReplyClass @class, int attempts, DateTimeOffset now, DateTimeOffset expires, TimeSpan? hint, Random jitter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var left = expires - now;
        var margin = LastAttemptMargin;
        if (attempts == 1 && left * ShortLifeMargin < margin)
            margin = left * ShortLifeMargin;
        var last = expires - margin;
        if (now >= last)
            return null;

        var delay = Delay(@class, attempts);
        var factor = 1 - JitterShare + 2 * JitterShare * jitter.NextDouble();
        // Never before the time that was asked for: not by the jitter of a delay that is hardly longer, either.
        if (hint is { } named && (attempts <= HintedAttempts || named > delay * (1 - JitterShare)))
            (delay, factor) = (named, 1 + JitterShare * jitter.NextDouble());
        delay *= factor;

        // An attempt shortly before the last one would tell nothing new: go to the last one.
        return now + delay * 1.5 < last ? now + delay : last;
    }

    /// <summary>Before jitter: doubles with each attempt, up to the pace's own cap while that applies and 4 h after.</summary>
    private TimeSpan Delay(ReplyClass @class, int attempts)
    {
        var pace = _paces.GetValueOrDefault(@class, _otherwise);
        var doubled = pace.First * Math.Pow(2, Math.Min(attempts - 1, 16));
        var cap = attempts <= pace.EarlyAttempts ? pace.EarlyCap : Cap;
        return doubled < cap ? doubled : cap;
    }

    /// <param name="First">After the first attempt.</param>
    /// <param name="EarlyCap">Cap for the first attempts, while the cause is likely to pass soon.</param>
    /// <param name="EarlyAttempts">How many these are.</param>
    private readonly record struct Pace(TimeSpan First, TimeSpan EarlyCap, int EarlyAttempts);
}
