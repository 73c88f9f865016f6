using System.Diagnostics.Metrics;
using System.Globalization;
using EnhancedMta.Batches;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Relaying;

/// <summary>What becomes of messages and batches.</summary>
internal static class RelayMetrics
{
    private static readonly Counter<long> Messages = Instruments.Meter.CreateCounter<long>(
        "enhancedmta.messages.settled", "{message}", "What the log was told of messages that were worked on, by outcome, provider, egress and lane.");

    private static readonly Counter<long> Limits = Instruments.Meter.CreateCounter<long>("enhancedmta.limits.hit", "{message}", "Messages that had to wait for a limit, by limit and provider.");

    private static readonly Histogram<double> Duration = Instruments.Meter.CreateHistogram(
        "enhancedmta.batch.duration", "s", "Time that a worker had a batch, by lane and result.", advice: Buckets(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240));

    private static readonly Histogram<double> QueueTime = Instruments.Meter.CreateHistogram(
        "enhancedmta.batch.queue_time", "s", "Time from acceptance, or from when it was due, to the claim of a batch, by lane.", advice: Buckets(0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400));

    private static readonly Histogram<double> Phases = Instruments.Meter.CreateHistogram(
        "enhancedmta.smtp.duration", "s", "Time of an SMTP session's opening, and of a mail transaction's envelope, data and last reply, by provider.",
        advice: Buckets(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300));

    /// <summary>After the log has it.</summary>
    public static void CountSettled(Outcome outcome, Lane lane)
    {
        var provider = outcome.Provider ?? "none";
        Messages.Add(1, new("outcome", outcome.Word), new("provider", provider), new("egress", outcome.Egress?.PublicId.ToString(CultureInfo.InvariantCulture) ?? "none"), new("lane", lane.Word()));
        if (outcome.Limit is { } limit)
            Limits.Add(1, new("limit", limit), new("provider", provider));
    }

    /// <param name="taken">How long.</param>
    /// <param name="lane">Of the batch.</param>
    /// <param name="result">complete, givenBack, held, busy, gone, failed.</param>
    public static void RecordBatch(TimeSpan taken, Lane lane, string result) => Duration.Record(taken.TotalSeconds, new("lane", lane.Word()), new("result", result));

    public static void RecordQueueTime(TimeSpan waited, Lane lane) => QueueTime.Record(Math.Max(0, waited.TotalSeconds), new KeyValuePair<string, object?>("lane", lane.Word()));

    public static void RecordPhases(Smtp.SmtpPhases phases, string provider)
    {
        Record(phases.Open, "open");
        Record(phases.Envelope, "envelope");
        Record(phases.Data, "data");
        Record(phases.Reply, "reply");

        void Record(TimeSpan? time, string phase)
        {
            if (time is { } taken)
                Phases.Record(taken.TotalSeconds, new("phase", phase), new("provider", provider));
        }
    }

    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
