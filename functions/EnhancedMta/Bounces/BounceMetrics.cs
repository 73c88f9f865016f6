using System.Diagnostics.Metrics;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Bounces;

/// <summary>Counts what came back, by who told us and what it was: <c>enhancedmta.bounce_reports</c>.</summary>
internal static class BounceMetrics
{
    private static readonly Counter<long> Reports = Instruments.Meter.CreateCounter<long>("enhancedmta.bounce_reports", "{report}", "Reports worked on, by source and kind.");

    private static readonly Counter<long> Ignored = Instruments.Meter.CreateCounter<long>("enhancedmta.bounce_events_ignored", "{event}", "Webhook events of kinds that say nothing about deliveries.");

    public static void Count(BounceReport? report, string result) => Reports.Add(
        1, new("source", report?.Source ?? "mail"), new("kind", report?.Kind.ToString() ?? "none"), new("result", result.StartsWith("message ", StringComparison.Ordinal) ? "message" : result));

    public static void CountIgnored(string source, string kind, int count) => Ignored.Add(count, new("source", source), new("kind", kind));
}
