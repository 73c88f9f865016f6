using EnhancedMta.Batches;
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
internal sealed record RelayRun(Lane Lane, bool IsNative, Pack? Pack, BatchSettler Settler, Func<ReplyClass, int, Random> Jitter, CancellationToken Stop, CancellationToken Abort);
