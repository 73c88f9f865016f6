using System.Diagnostics.Metrics;
using System.Globalization;
using EnhancedMta.Telemetry;

namespace EnhancedMta.SendingLog;

/// <summary>What was counted in the log, after it was: whoever changed it, attempts and what came back later alike.</summary>
internal static class LogMetrics
{
    private static readonly Counter<long> Failed = Instruments.Meter.CreateCounter<long>("enhancedmta.messages.failed", "{message}", "Messages that became Failed, by Campaign's reason.");

    private static readonly Counter<long> Complaints = Instruments.Meter.CreateCounter<long>("enhancedmta.complaints", "{message}", "Messages whose recipient complained or unsubscribed.");

    private static readonly Counter<long> PossibleRepeats = Instruments.Meter.CreateCounter<long>("enhancedmta.possible_repeats", "{message}", "Times that a message may have been handed over without us learning the answer.");

    public static void Count(LogChange change)
    {
        foreach (var (reason, count) in change.Counters.FailedByReason)
        {
            // A corrected verdict takes one back: a counter only grows.
            if (count > 0)
                Failed.Add(count, new KeyValuePair<string, object?>("reason", reason.ToString(CultureInfo.InvariantCulture)));
        }

        if (change.Counters.Complaints > 0)
            Complaints.Add(change.Counters.Complaints);
        if (change.Counters.PossibleRepeats > 0)
            PossibleRepeats.Add(change.Counters.PossibleRepeats);
    }
}
