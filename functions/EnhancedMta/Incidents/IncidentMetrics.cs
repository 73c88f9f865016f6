using System.Diagnostics.Metrics;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Incidents;

/// <summary>Counts incidents as they are raised: kinds are few, and ours.</summary>
internal static class IncidentMetrics
{
    private static readonly Counter<long> Raised = Instruments.Meter.CreateCounter<long>("enhancedmta.incidents", "{incident}", "Incidents raised, by kind.");

    public static void Count(string kind) => Raised.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
