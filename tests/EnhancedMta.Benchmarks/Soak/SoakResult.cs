using System.Text.Json;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>What came of a run; as a file, what a report is made from.</summary>
internal sealed record SoakResult
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required string Machine { get; init; }

    public required double Rate { get; init; }

    /// <summary>Messages a second that the machine did when it was measured; null when the rate was given.</summary>
    public required double? Capacity { get; init; }

    public required double Minutes { get; init; }

    public required IReadOnlyList<SoakSample> Samples { get; init; }

    public required long Accepted { get; init; }

    /// <summary>As the log has it.</summary>
    public required long Delivered { get; init; }

    public required long Failed { get; init; }

    /// <summary>For their next attempt, when the run ended.</summary>
    public required long Waiting { get; init; }

    /// <summary>Delivered, by the log, and not at the sink.</summary>
    public required long Lost { get; init; }

    /// <summary>Neither: on their way when the run ended, two minutes after the load.</summary>
    public long Open => Accepted - Delivered - Failed - Waiting;

    public required long Duplicates { get; init; }

    /// <summary>Pushed to the feedback endpoint.</summary>
    public required long Events { get; init; }

    /// <summary>Requests that had to be made again.</summary>
    public required int Repeats { get; init; }

    /// <summary>Lines of the app's log that tell a fault.</summary>
    public required int Faults { get; init; }

    /// <summary>The last minute that was looked at.</summary>
    public double LookedAt => Samples.Count == 0 ? 0 : Samples[^1].Minute;

    /// <summary>Of what should stay as it is, and then of what should grow with the log.</summary>
    public IReadOnlyList<Trend> Trends() =>
    [
        Of("resident memory, MB", s => s.ResidentMB, 25),
        Of("heap after a collection, MB", s => s.HeapMB, 3),
        Of("handles", s => s.Handles, 10),
        Of("of these, sockets", s => s.Sockets, 10),
        Of("threads", s => s.Threads, 8),
        Of("SMTP connections", s => s.SmtpConnections, 8),
        Of("temporary files", s => s.TemporaryFiles, 1),
        Of("batches in the schedule", s => s.Scheduled, 60),
        Of("guards", s => s.Guards, 10),
        Of("open batches", s => s.OpenBatches, 60),
        Of("rows of paths and processes", s => s.PathRows, 4),
        Of("marks of the feed", s => s.FeedMarks, 10),
        Of("orders on the relay queues", s => s.Queued, 30),
        Of("incidents", s => s.Incidents, 1),
        Of("Azurite's memory, MB", s => s.StorageMB, null),
        Of("the app's log, MB", s => s.LogOctets / 1024.0 / 1024, null),
    ];

    public bool IsGood => Lost == 0 && Duplicates == 0 && Open == 0 && Trends().All(t => t.IsFlat);

    public static SoakResult Read(string file) =>
        JsonSerializer.Deserialize<SoakResult>(File.ReadAllText(file), Format) ?? throw new FormatException($"{file} holds no result.");

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Format));

    private Trend Of(string name, Func<SoakSample, double> value, double? noise) => Trend.Of(name, [.. Samples.Select(s => (s.Minute, value(s)))], noise);
}
