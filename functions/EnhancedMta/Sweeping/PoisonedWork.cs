using EnhancedMta.Addresses;
using EnhancedMta.Batches;
using EnhancedMta.Incidents;
using EnhancedMta.Storage;

namespace EnhancedMta.Sweeping;

/// <summary>Takes what the host gave up on after five tries, so that nothing ends in a poison queue unseen.</summary>
public sealed class PoisonedWork(IncidentLog incidents, PartitionGuards guards)
{
    private const int ShownLength = 300;

    /// <param name="queue">Where it failed.</param>
    /// <param name="message">The queue message.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task HandleAsync(string queue, string message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        PoisonMetrics.Count(queue);
        // Masked: a bounce's order names the mailbox that it came to.
        var shown = AddressMask.Of(message.Length > ShownLength ? string.Concat(message.AsSpan(0, ShownLength), "…") : message);
        if ((queue is QueueNames.RelayMarketing or QueueNames.RelayTransactional) && TryParse(message) is { } order)
        {
            // The batches' rows still say what is open: the guards bring them back in some minutes, until their messages expire.
            await guards.EnsureAsync(order.Each().Select(o => o.LogPartition), cancellationToken).ConfigureAwait(false);
            await incidents.RaiseAsync("poison", queue, $"A batch failed five times and will be tried again later: {shown}. See the log of the relay function for the cause.", cancellationToken).ConfigureAwait(false);
            return;
        }

        await incidents.RaiseAsync("poison", queue, $"A queue message failed five times and was put aside: {shown}", cancellationToken).ConfigureAwait(false);
    }

    private static BatchOrder? TryParse(string message)
    {
        try
        {
            return BatchOrder.Parse(message);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
