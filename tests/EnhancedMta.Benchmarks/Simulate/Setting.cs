using EnhancedMta.MxRules;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>A scenario with the figures that its seed drew. Times are from the start.</summary>
internal sealed record Setting
{
    public required TimeSpan Length { get; init; }

    /// <summary>Of each message, from its arrival.</summary>
    public required TimeSpan Validity { get; init; }

    public required IReadOnlyList<Arrival> Arrivals { get; init; }

    /// <summary>What the provider takes in an hour from a sender with the best name; null for any number.</summary>
    public Func<TimeSpan, int>? HourlyLimit { get; init; }

    /// <summary>Counted by the clock's hour, to be used at any pace; else a bucket that fills evenly and holds ten minutes' worth.</summary>
    public bool ByClockHour { get; init; }

    public int ConnectionLimit { get; init; } = 100;

    /// <summary>Of one message on one connection.</summary>
    public TimeSpan ServiceTime { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>Of reputation, 1 being the best: lost when as many messages as an hour allows were sent over the limit. 0: the provider has no memory.</summary>
    public double Severity { get; init; }

    /// <summary>Of reputation, won back in an hour of good behaviour.</summary>
    public double Recovery { get; init; } = 0.08;

    /// <summary>Reputation falls for a reason from outside, such as a spam trap.</summary>
    public IReadOnlyList<Dip> Dips { get; init; } = [];

    public IReadOnlyList<Failing> Outages { get; init; } = [];

    /// <summary>When the disturbance is over whose aftermath is measured.</summary>
    public TimeSpan? RecoversFrom { get; init; }

    /// <summary>A rule whose figures are far above the limit.</summary>
    public required MxRule TooHigh { get; init; }

    /// <summary>A rule whose figures are a fifth above the limit.</summary>
    public required MxRule AboutRight { get; init; }

    public Noise Noise { get; init; } = new();
}

/// <param name="At">When the first comes.</param>
/// <param name="Count">Messages.</param>
/// <param name="Over">How long they take to come.</param>
internal sealed record Arrival(TimeSpan At, int Count, TimeSpan Over);

internal sealed record Dip(TimeSpan At, double To);

/// <param name="From">Begins.</param>
/// <param name="To">Ends.</param>
/// <param name="Refuses">Connections are refused; else each message is put off.</param>
internal sealed record Failing(TimeSpan From, TimeSpan To, bool Refuses);

/// <summary>Answers that have nothing to do with how much is sent, as shares of the attempts.</summary>
internal sealed record Noise(double Unknown = 0.01, double MailboxFull = 0.01, double Greylisted = 0.02, double Spam = 0.003, double Transient = 0.004);
