namespace EnhancedMta.LocalHost.Hosting;

/// <summary>How often a trigger queue was read, and what came of it.</summary>
internal sealed class QueueReads
{
    private long _polls;
    private long _emptyPolls;
    private long _messages;

    /// <summary>Requests for messages.</summary>
    public long Polls => Interlocked.Read(ref _polls);

    /// <summary>Those that found none.</summary>
    public long EmptyPolls => Interlocked.Read(ref _emptyPolls);

    /// <summary>Messages received, each as often as it was.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    public void Add(int messages)
    {
        Interlocked.Increment(ref _polls);
        if (messages == 0) Interlocked.Increment(ref _emptyPolls);
        Interlocked.Add(ref _messages, messages);
    }
}
