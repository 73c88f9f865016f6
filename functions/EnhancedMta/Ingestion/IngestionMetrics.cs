using System.Diagnostics.Metrics;
using EnhancedMta.Batches;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Ingestion;

/// <summary>Counts what became ours to deliver.</summary>
internal static class IngestionMetrics
{
    private static readonly Counter<long> Accepted = Instruments.Meter.CreateCounter<long>("enhancedmta.messages.accepted", "{message}", "Messages accepted from Campaign, by lane.");

    public static void CountAccepted(int messages, Lane lane) => Accepted.Add(messages, new KeyValuePair<string, object?>("lane", lane.Word()));
}
