using EnhancedMta.Batches;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.Schedule;
using EnhancedMta.Storage;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Lets the days pass: whenever nothing is in work, the clock jumps to the next minute at which something is due.</summary>
/// <param name="host">Runs the functions on <paramref name="clock"/>.</param>
/// <param name="watch">The host's storage, seen through clients of our own: the host's count what the pipeline needs.</param>
/// <param name="clock">Is moved.</param>
/// <param name="show">Called now and then while waiting.</param>
internal sealed class RetryRounds(FunctionHost host, StorageAccount watch, ShortenedClock clock, Func<Task> show)
{
    private const string RetryTimer = "QueueDueRetries";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly WaitingBatches _waiting = new(watch.Schedule);

    /// <summary>How often the clock jumped.</summary>
    public int Count { get; private set; }

    /// <summary>Until no batch is queued or being worked on.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        // A queue counts the messages that are being worked on, too.
        while (await QueuedAsync(cancellationToken) > 0)
        {
            await show();
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Until nothing waits for a retry any more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A jump while a batch is in work would end that batch's claim.
        await SettleAsync(cancellationToken);
        while (await _waiting.NextRetryAsync(cancellationToken) is { } due)
        {
            clock.AdvanceTo(due);
            await host.RunTimerAsync(RetryTimer, cancellationToken);
            Count++;
            await SettleAsync(cancellationToken);
        }
    }

    private async Task<int> QueuedAsync(CancellationToken cancellationToken)
    {
        var lengths = await Task.WhenAll(Enum.GetValues<Lane>().Select(async lane => (await watch.Relay(lane).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount));
        return lengths.Sum();
    }
}
