using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EnhancedMta.Telemetry;

/// <summary>
/// Where a message's time goes between its request and its settlement. Each phase is timed where it is; those of SMTP are
/// <c>enhancedmta.smtp.duration</c>'s, and what a batch waits in line is <c>enhancedmta.batch.queue_time</c>.
/// </summary>
internal static class Phases
{
    /// <summary>A line of the request is read and checked.</summary>
    public const string Parse = "parse";

    /// <summary>A message's content is compressed, a batch's pack ended.</summary>
    public const string Pack = "pack";

    /// <summary>The pack's blob is written.</summary>
    public const string Store = "store";

    /// <summary>The transaction that accepts a batch, with its turn among others of its partition.</summary>
    public const string Log = "log";

    /// <summary>The queue message is sent.</summary>
    public const string Queue = "queue";

    public const string Claim = "claim";

    /// <summary>The pack is read and unpacked.</summary>
    public const string Fetch = "fetch";

    public const string Sign = "sign";

    /// <summary>A transaction of results, with its turn among others of its partition.</summary>
    public const string Settle = "settle";

    private static readonly Histogram<double> Duration = Instruments.Meter.CreateHistogram(
        "enhancedmta.phase.duration", "s", "Time that a phase took, from its start to its end.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.001, 0.01, 0.1, 1, 10] });

    private static readonly Counter<double> Cpu = Instruments.Meter.CreateCounter<double>(
        "enhancedmta.phase.cpu", "s", "CPU time of phases that one thread goes through without waiting for anybody; on Linux.");

    /// <summary>Times a phase, until it is disposed.</summary>
    public static Waited Time(string phase) => new(phase);

    /// <summary>Times a phase, or what of it is computed, that begins and ends on this thread without an await between.</summary>
    /// <param name="phase">Which.</param>
    /// <param name="isAll">False within a phase that <see cref="Time"/> times: only its CPU time counts.</param>
    public static Computed Compute(string phase, bool isAll = true) => new(phase, isAll);

    private static KeyValuePair<string, object?> Tag(string phase) => new("phase", phase);

    internal readonly struct Waited(string phase) : IDisposable
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        public void Dispose() => Duration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, Tag(phase));
    }

    internal readonly ref struct Computed
    {
        private readonly string _phase;
        private readonly bool _isAll;
        private readonly long _began;
        private readonly long _cpu;

        public Computed(string phase, bool isAll)
        {
            (_phase, _isAll, _began) = (phase, isAll, Stopwatch.GetTimestamp());
            // A system call; where nobody listens it is not worth one.
            _cpu = Cpu.Enabled ? ThreadClock.Nanoseconds() : 0;
        }

        public void Dispose()
        {
            if (_cpu > 0)
                Cpu.Add((ThreadClock.Nanoseconds() - _cpu) / 1e9, Tag(_phase));
            if (_isAll)
                Duration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, Tag(_phase));
        }
    }
}
