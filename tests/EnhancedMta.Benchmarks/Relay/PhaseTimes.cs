using System.Globalization;
using System.Text.RegularExpressions;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>Seconds that a host's phases have taken since its start, from what Prometheus would read of it.</summary>
/// <param name="Phases">By the phase's name for people.</param>
internal sealed partial record PhaseTimes(IReadOnlyDictionary<string, PhaseTime> Phases)
{
    // In the order of a message's way. The label of a metric that tells phases apart, or null for the whole.
    private static readonly (string Name, string Metric, string? Phase)[] Order =
    [
        ("parse", "enhancedmta_phase", "parse"),
        ("pack", "enhancedmta_phase", "pack"),
        ("store the pack", "enhancedmta_phase", "store"),
        ("log", "enhancedmta_phase", "log"),
        ("queue", "enhancedmta_phase", "queue"),
        ("in the queue", "enhancedmta_batch_queue_time", null),
        ("claim", "enhancedmta_phase", "claim"),
        ("fetch", "enhancedmta_phase", "fetch"),
        ("sign", "enhancedmta_phase", "sign"),
        ("SMTP: open", "enhancedmta_smtp", "open"),
        ("SMTP: envelope", "enhancedmta_smtp", "envelope"),
        ("SMTP: data", "enhancedmta_smtp", "data"),
        ("SMTP: last reply", "enhancedmta_smtp", "reply"),
        ("settle", "enhancedmta_phase", "settle"),
    ];

    /// <param name="text">Of a host's <c>/metrics</c>.</param>
    public static PhaseTimes Read(string text)
    {
        var values = Line().Matches(text).Select(line => (Name: line.Groups["name"].Value, Labels: line.Groups["labels"].Value, Value: double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture))).ToList();
        return new PhaseTimes(Order.ToDictionary(o => o.Name, o => new PhaseTime(
            (long)Sum(o.Metric, o.Phase, "_seconds_count", "_duration_seconds_count"),
            Sum(o.Metric, o.Phase, "_seconds_sum", "_duration_seconds_sum"),
            Sum(o.Metric, o.Phase, "_cpu_seconds_total"))));

        double Sum(string metric, string? phase, params string[] ends) =>
            values.Where(v => ends.Any(end => v.Name == metric + end) && (phase is null || v.Labels.Contains($"phase=\"{phase}\"", StringComparison.Ordinal))).Sum(v => v.Value);
    }

    /// <summary>Of a run, in the order of a message's way.</summary>
    /// <param name="before">When it began.</param>
    /// <param name="messages">Of the run.</param>
    public IReadOnlyList<PhaseFigures> Since(PhaseTimes before, int messages) =>
        [.. Order.Select(o => Figures(o.Name, Phases[o.Name], before.Phases[o.Name], messages)).Where(f => f.TimesPer1000 > 0)];

    private static PhaseFigures Figures(string name, PhaseTime now, PhaseTime before, int messages)
    {
        var cpu = now.CpuSeconds - before.CpuSeconds;
        return new(name, Per1000(now.Times - before.Times, 1), Per1000(now.Seconds - before.Seconds, 3), cpu > 0 ? Per1000(cpu, 3) : null);

        double Per1000(double value, int digits) => Math.Round(value * 1000 / messages, digits);
    }

    // name{labels} value time
    [GeneratedRegex(@"^(?<name>enhancedmta_\w+)\{(?<labels>[^}]*)\} (?<value>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}

/// <param name="Times">How often.</param>
/// <param name="Seconds">In all, from start to end.</param>
/// <param name="CpuSeconds">In all; 0 where none is told.</param>
internal readonly record struct PhaseTime(long Times, double Seconds, double CpuSeconds);
