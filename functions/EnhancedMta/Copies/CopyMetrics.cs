using System.Diagnostics.Metrics;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Copies;

/// <summary>Counts copies, which no metric of messages has.</summary>
internal static class CopyMetrics
{
    private static readonly Counter<long> Copies = Instruments.Meter.CreateCounter<long>("enhancedmta.copies", "{message}", "Copies to the archive address, by outcome.");

    /// <param name="outcome">sent, failed, waits, bounced.</param>
    public static void Count(string outcome) => Copies.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
