using System.Diagnostics.Metrics;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Storage;

/// <summary>What is asked of storage, by service.</summary>
internal static class StorageMetrics
{
    private static readonly Counter<long> Operations = Instruments.Meter.CreateCounter<long>(
        "enhancedmta.storage.operations", "{operation}", "Requests to storage, retries included, by service; an entity group transaction is one.");

    public static void Count(string service) => Operations.Add(1, new KeyValuePair<string, object?>("service", service));
}
