using System.Diagnostics.Metrics;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Retention;

/// <summary>Counts what was purged.</summary>
internal static class RetentionMetrics
{
    private static readonly Counter<long> Removed = Instruments.Meter.CreateCounter<long>("enhancedmta.retention.removed", "{row}", "Rows and blobs that were purged by age, by kind.");

    public static void Count(string kind, int rows)
    {
        if (rows > 0)
            Removed.Add(rows, new KeyValuePair<string, object?>("kind", kind));
    }
}
