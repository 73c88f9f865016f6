using EnhancedMta.Batches;
using EnhancedMta.Copies;
using EnhancedMta.Packs;
using EnhancedMta.Qualification;

namespace EnhancedMta.Relaying;

/// <summary>One invocation's work on a batch.</summary>
/// <param name="Lane">Of the batch.</param>
/// <param name="IsNative">All goes to Campaign's native MTA, unsigned and unshaped.</param>
/// <param name="Pack">The content; null when it is lost.</param>
/// <param name="Settler">Takes the outcomes.</param>
/// <param name="Jitter">By class and number of the attempt.</param>
/// <param name="Stop">Nothing new is begun.</param>
/// <param name="Abort">What is under way is cut off.</param>
internal sealed record RelayRun(Lane Lane, bool IsNative, Pack? Pack, BatchSettler Settler, Func<ReplyClass, int, Random> Jitter, CancellationToken Stop, CancellationToken Abort)
{
    /// <summary>Envelope sender of copies; null for the messages themselves, each of which has its own.</summary>
    public string? CopySender { get; init; }

    /// <summary>What is sent are copies of messages that were delivered.</summary>
    public bool IsCopy => CopySender is not null;

    /// <summary>The end of the validity period: of copies their own.</summary>
    public DateTimeOffset Expires => IsCopy ? Pack!.Header.Received + CopyOptions.Validity : Pack!.Header.Expires;
}
