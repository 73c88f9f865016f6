using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Relay;

namespace EnhancedMta.Tests.Docs;

/// <summary>Phases of a run, from what a host tells Prometheus.</summary>
[SupportedOSPlatform("linux")]
public sealed class PhaseTimesTests
{
    [Fact]
    public void A_run_is_what_came_between_two_looks()
    {
        var phases = PhaseTimes.Read(Text(1_000, 4, 1)).Since(PhaseTimes.Read(Text(200, 2, 0.5)), 400);
        Assert.Equal(["sign", "SMTP: envelope"], phases.Select(p => p.Name));
        Assert.Equal(new PhaseFigures("sign", 2_000, 5, 1.25), phases[0]);
        // Two providers, and nobody tells CPU time.
        Assert.Equal(new PhaseFigures("SMTP: envelope", 4_000, 10, null), phases[1]);

        static string Text(int count, double seconds, double cpu) => FormattableString.Invariant($$"""
            # TYPE enhancedmta_phase_duration_seconds histogram
            enhancedmta_phase_duration_seconds_bucket{otel_scope_name="EnhancedMta",phase="sign",le="0.1"} 77 1764370000000
            enhancedmta_phase_duration_seconds_sum{otel_scope_name="EnhancedMta",phase="sign"} {{seconds}} 1764370000000
            enhancedmta_phase_duration_seconds_count{otel_scope_name="EnhancedMta",phase="sign"} {{count}} 1764370000000
            enhancedmta_phase_cpu_seconds_total{otel_scope_name="EnhancedMta",phase="sign"} {{cpu}} 1764370000000
            enhancedmta_smtp_duration_seconds_sum{otel_scope_name="EnhancedMta",phase="envelope",provider="a"} {{seconds}} 1764370000000
            enhancedmta_smtp_duration_seconds_count{otel_scope_name="EnhancedMta",phase="envelope",provider="a"} {{count}} 1764370000000
            enhancedmta_smtp_duration_seconds_sum{otel_scope_name="EnhancedMta",phase="envelope",provider="b"} {{seconds}} 1764370000000
            enhancedmta_smtp_duration_seconds_count{otel_scope_name="EnhancedMta",phase="envelope",provider="b"} {{count}} 1764370000000
            """).ReplaceLineEndings("\n");
    }
}
