using System.Diagnostics.Metrics;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Sweeping;

/// <summary>Counts what the host gave up on, by the queue where it failed.</summary>
internal static class PoisonMetrics
{
    private static readonly Counter<long> Poisoned = Instruments.Meter.CreateCounter<long>("enhancedmta.poison_messages", "{message}", "Queue messages that failed five times, by queue.");

    public static void Count(string queue) => Poisoned.Add(1, new KeyValuePair<string, object?>("queue", queue));
}
