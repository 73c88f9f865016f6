namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Where a provider's <see cref="Throttle"/> stands.</summary>
internal sealed class ThrottleGate(Throttle throttle, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private long _allowance = throttle.Messages;
    private long _taken;
    private DateTimeOffset _closedUntil;

    /// <summary>The refusal for now; null while messages are taken.</summary>
    public SinkReply? Refusal()
    {
        lock (_lock) return clock.GetUtcNow() < _closedUntil ? throttle.Reply : null;
    }

    public void Took()
    {
        lock (_lock)
        {
            if (++_taken < _allowance) return;
            _taken = 0;
            _allowance *= 2;
            _closedUntil = clock.GetUtcNow() + throttle.Pause;
        }
    }
}
