namespace EnhancedMta.Feedback.Push;

/// <summary>One worker's turn with an endpoint, and how it goes.</summary>
internal sealed class PushRun(string endpointId, bool isProbe)
{
    private int _posted;
    private PushFault? _fault;
    private volatile bool _lost;

    public string EndpointId { get; } = endpointId;

    /// <summary>Batches that the endpoint took.</summary>
    public int Posted => Volatile.Read(ref _posted);

    /// <summary>The endpoint failed before, and has taken nothing since.</summary>
    public bool IsProbe => isProbe && Posted == 0;

    /// <summary>What went wrong first.</summary>
    public PushFault? Fault => Volatile.Read(ref _fault);

    public string? Shown { get; set; }

    /// <summary>No further batch is to be posted.</summary>
    public bool IsOver => Fault is not null || _lost;

    public void Took() => Interlocked.Increment(ref _posted);

    public void Failed(PushFault fault) => Interlocked.CompareExchange(ref _fault, fault, null);

    /// <summary>Another worker has written in our place: the claim had lapsed.</summary>
    public void Lost() => _lost = true;
}
