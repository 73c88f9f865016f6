namespace EnhancedMta.Benchmarks.Soak;

/// <summary>What there was at one moment of the run.</summary>
internal sealed record SoakSample
{
    /// <summary>Since the load began.</summary>
    public required double Minute { get; init; }

    public required long Accepted { get; init; }

    /// <summary>Taken by the recipients' servers.</summary>
    public required long Delivered { get; init; }

    /// <summary>Of the app's process, garbage included.</summary>
    public required double ResidentMB { get; init; }

    /// <summary>Of the app's process, after a full collection.</summary>
    public required double HeapMB { get; init; }

    public required int Handles { get; init; }

    public required int Sockets { get; init; }

    public required int Threads { get; init; }

    public required int SmtpConnections { get; init; }

    /// <summary>In the app's folder for temporary files.</summary>
    public required int TemporaryFiles { get; init; }

    /// <summary>Octets that the app has logged.</summary>
    public required long LogOctets { get; init; }

    /// <summary>Azurite's process: it keeps all tables in memory, and the log is meant to grow.</summary>
    public required double StorageMB { get; init; }

    /// <summary>Batches that wait in the schedule.</summary>
    public required int Scheduled { get; init; }

    public required int Guards { get; init; }

    /// <summary>Batch rows of the log: work that is open.</summary>
    public required int OpenBatches { get; init; }

    /// <summary>Rows of the path table that are no moves: paths, and processes that live.</summary>
    public required int PathRows { get; init; }

    /// <summary>Partitions whose pages may have no place in the feed yet.</summary>
    public required int FeedMarks { get; init; }

    /// <summary>Orders on both relay queues.</summary>
    public required int Queued { get; init; }

    public required int Incidents { get; init; }
}
