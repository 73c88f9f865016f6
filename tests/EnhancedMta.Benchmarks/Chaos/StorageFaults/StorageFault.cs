namespace EnhancedMta.Benchmarks.Chaos.StorageFaults;

/// <summary>What may happen to a request between a process and its storage.</summary>
internal enum StorageFault
{
    /// <summary>500, and nothing was done.</summary>
    Error,
    /// <summary>503 ServerBusy, and nothing was done: what Azure says above its limits.</summary>
    Busy,
    /// <summary>Done, and answered by 500: what Azure says when an operation outlasted its own time limit.</summary>
    ErrorAfterwards,
    /// <summary>The connection breaks before the request arrives.</summary>
    Cut,
    /// <summary>Done, and the connection breaks before the answer.</summary>
    AnswerLost,
    /// <summary>Nothing happens for a long time; then the connection breaks.</summary>
    Silent,
    /// <summary>Done after a while.</summary>
    Slow,
    /// <summary>Done twice, as after a repetition on the way: the second answer is seen, which may be 409 or 412.</summary>
    DoneTwice,
    /// <summary>412, and nothing was done, though the ETag was right: as if somebody had been faster.</summary>
    PreconditionFailed,
}

internal static class StorageFaultNames
{
    /// <summary>As the report tells it.</summary>
    public static Fault Of(StorageFault fault, StorageService service) => fault switch
    {
        StorageFault.Error => new($"storage, {Name(service)}", "500"),
        StorageFault.Busy => new($"storage, {Name(service)}", "503"),
        StorageFault.ErrorAfterwards => new($"storage, {Name(service)}", "500 after it was done", MayRepeat: true),
        StorageFault.Cut => new($"storage, {Name(service)}", "connection cut before it arrived"),
        StorageFault.AnswerLost => new($"storage, {Name(service)}", "answer lost", MayRepeat: true),
        // Results that wait for storage are lost with their process.
        StorageFault.Silent => new($"storage, {Name(service)}", "no answer, then cut", MayRepeat: true),
        StorageFault.Slow => new($"storage, {Name(service)}", "slow"),
        StorageFault.DoneTwice => new($"storage, {Name(service)}", "done twice, second answer seen", MayRepeat: true),
        StorageFault.PreconditionFailed => new($"storage, {Name(service)}", "412 without cause"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static string Name(StorageService service) => service switch
    {
        StorageService.Blob => "blobs",
        StorageService.Queue => "queues",
        _ => "tables",
    };
}
