using EnhancedMta.Qualification;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>A receiving site with limits that it does not tell, and a memory of how its sender behaved.</summary>
internal sealed class Provider(Setting setting, Random random)
{
    private const double TakesNoneBelow = 0.37;
    private const double PutOffBelow = 0.35;
    private const double BlockedBelow = 0.15;

    // Of the attempts of the last third of an hour, and of the hourly limit: less is no misbehaviour.
    private const double Tolerated = 0.02;
    private const double ToleratedOfLimit = 0.001;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(20);

    private double _bucket = double.NaN;
    private long _clockHour = -1;
    private int _usedInHour;
    private double _recentAttempts;
    private double _recentViolations;
    private int _dipsPassed;

    public double Reputation { get; private set; } = 1;

    /// <summary>What it takes in an hour now; null for any number.</summary>
    public double? LimitAt(TimeSpan time) => setting.HourlyLimit is not { } limit ? null
        : setting.Severity == 0 ? limit(time)
        : Reputation < TakesNoneBelow ? 0
        : limit(time) * Reputation;

    public bool RefusesConnections(TimeSpan time) => setting.Outages.Any(o => o.Refuses && o.From <= time && time < o.To);

    /// <summary>Time passes.</summary>
    public void Tick(TimeSpan time, TimeSpan tick)
    {
        if (LimitAt(time) is { } limit)
        {
            if (setting.ByClockHour)
            {
                if ((long)time.TotalHours > _clockHour)
                    (_clockHour, _usedInHour) = ((long)time.TotalHours, 0);
            }
            else
                // Full at first, and after a time in which it took none.
                _bucket = limit == 0 ? double.NaN : double.IsNaN(_bucket) ? limit / 6 : Math.Min(limit / 6, _bucket + limit * (tick / TimeSpan.FromHours(1)));
        }
        var fade = 1 - tick / Memory;
        _recentAttempts *= fade;
        _recentViolations *= fade;
        if (setting.Severity > 0 && _recentViolations <= Tolerated * _recentAttempts + ToleratedOfLimit * setting.HourlyLimit!(time))
            Reputation = Math.Min(1, Reputation + setting.Recovery * (tick / TimeSpan.FromHours(1)));
        if (_dipsPassed < setting.Dips.Count && setting.Dips[_dipsPassed].At <= time)
            Reputation = Math.Min(Reputation, setting.Dips[_dipsPassed++].To);
    }

    /// <summary>Another connection is asked for.</summary>
    public bool TakesConnection(int open)
    {
        if (open < setting.ConnectionLimit)
            return true;
        Violated(0);
        return false;
    }

    /// <summary>A message is handed over.</summary>
    /// <param name="firstAttempt">Greylists know the second.</param>
    /// <param name="time">When.</param>
    /// <returns>What it says and how that is qualified; null for 250.</returns>
    public (string Words, ReplyClass Class)? Answer(bool firstAttempt, TimeSpan time)
    {
        _recentAttempts++;
        if (setting.Outages.Count > 0 && setting.Outages.Any(o => !o.Refuses && o.From <= time && time < o.To))
            return (ProviderWords.Down, ReplyClass.SystemFailure);
        if (setting.Severity > 0 && Reputation < BlockedBelow)
        {
            Violated(1);
            return (ProviderWords.Blocked, ReplyClass.ReputationRefusal);
        }
        if (setting.Severity > 0 && Reputation < PutOffBelow)
        {
            Violated(1);
            return (ProviderWords.PutOff, ReplyClass.ReputationRefusal);
        }
        if (LimitAt(time) is { } limit)
        {
            if (setting.ByClockHour ? _usedInHour + 1 > limit : !(_bucket >= 1))
            {
                Violated(1);
                return (ProviderWords.TooMuch, ReplyClass.Throttled);
            }
            _usedInHour++;
            _bucket--;
        }
        return Noise(firstAttempt);
    }

    private (string, ReplyClass)? Noise(bool firstAttempt)
    {
        var noise = setting.Noise;
        var draw = random.NextDouble();
        // A doubtful sender's content is looked at more closely.
        var spam = noise.Spam * (setting.Severity > 0 ? 2 - Reputation : 1);
        return (draw -= noise.Unknown) < 0 ? (ProviderWords.Unknown, ReplyClass.UnknownUser)
            : (draw -= noise.MailboxFull) < 0 ? (ProviderWords.MailboxFull, ReplyClass.MailboxFull)
            : (draw -= spam) < 0 ? (ProviderWords.Spam, ReplyClass.SpamRefusal)
            : (draw -= noise.Transient) < 0 ? (ProviderWords.Transient, ReplyClass.Transient)
            : firstAttempt && draw - noise.Greylisted < 0 ? (ProviderWords.Greylisted, ReplyClass.Greylisted)
            : null;
    }

    private void Violated(int messages)
    {
        _recentViolations++;
        _recentAttempts += 1 - messages;
        if (setting.Severity > 0 && setting.HourlyLimit is { } limit)
            Reputation = Math.Max(0, Reputation - setting.Severity / limit(TimeSpan.Zero));
    }
}
