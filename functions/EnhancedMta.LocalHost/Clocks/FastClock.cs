using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Clocks;

/// <summary>
/// A clock that runs faster than real time, for tests and benchmarks of what takes hours. Processes with the same origin and speed agree on
/// the time. Timers and durations are its own too, so that a message's seconds compare with a slice's; what is measured by the system
/// (SMTP time-outs, visibility in queues, leases of blobs) stays real.
/// </summary>
/// <param name="origin">When both clocks show the same.</param>
/// <param name="speed">Seconds of this clock in a real one.</param>
public sealed class FastClock(DateTimeOffset origin, double speed) : TimeProvider
{
    /// <summary>A day in less than a second: far beyond what storage could follow.</summary>
    private const double MaxSpeed = 100_000;

    private readonly long _began = System.GetTimestamp();
    private long _step;

    public DateTimeOffset Origin => origin;

    /// <summary>
    /// How far the time of day is off, as after somebody set the clock. Timers and durations do not follow, as they do not in any system.
    /// </summary>
    public TimeSpan Step
    {
        get => new(Interlocked.Read(ref _step));
        set => Interlocked.Exchange(ref _step, value.Ticks);
    }

    public double Speed => speed;

    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>From the settings LocalHost__Clock__Speed and LocalHost__Clock__Origin; null when the speed is absent or 1.</summary>
    /// <exception cref="FormatException">They cannot be used; the message names the setting.</exception>
    public static FastClock? Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        const string SpeedName = "LocalHost:Clock:Speed";
        const string OriginName = "LocalHost:Clock:Origin";
        if (configuration[SpeedName] is not { Length: > 0 } speedText)
            return null;
        if (!double.TryParse(speedText, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) || speed is not (>= 1 and <= MaxSpeed))
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"LocalHost__Clock__Speed: '{speedText}' must be a number from 1 to {MaxSpeed}."));
        if (speed == 1)
            return null;
        // Without a common origin two processes would be hours apart soon.
        if (!DateTimeOffset.TryParseExact(configuration[OriginName], "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var origin))
            throw new FormatException($"LocalHost__Clock__Origin: '{configuration[OriginName]}' must be a time such as 2026-11-28T14:00:00.0000000Z, the same for all processes.");
        return new FastClock(origin, speed);
    }

    /// <summary>How long that takes in reality.</summary>
    public TimeSpan Real(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / speed;

    public override DateTimeOffset GetUtcNow() => origin + ((System.GetUtcNow() - origin) * speed) + Step;

    public override long GetTimestamp() => _began + (long)((System.GetTimestamp() - _began) * speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(this, System.CreateTimer(callback, state, Real(dueTime), Real(period)));

    private sealed class FastTimer(FastClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Real(dueTime), clock.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
