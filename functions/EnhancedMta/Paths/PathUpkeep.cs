using EnhancedMta.Paths.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Paths;

/// <summary>Renews this process's leave on its paths while it is needed, and gives it up when not, and when the process ends.</summary>
internal sealed partial class PathUpkeep(PathDirectory paths, ProcessLife life, TimeProvider clock, ILogger<PathUpkeep> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>While transactional mail waits for a connection, here or where it goes to.</summary>
    private static readonly TimeSpan Hurry = TimeSpan.FromMilliseconds(500);

    private const int Parallel = 8;

    // Often enough that no part of a life passes unseen.
    private TimeSpan Glance => life.Lifetime / 8 < Interval ? life.Lifetime / 8 : Interval;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await ForAllAsync(paths.InUse, (use, token) => use.GiveUpAsync(isForGood: true, token), cancellationToken).ConfigureAwait(false);
        await TryAsync("life", life.EndAsync, cancellationToken).ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // Apart: a path whose row is hard to get must not keep this process from saying that it lives.
        Task.WhenAll(
            EveryAsync(Glance, LiveAsync, stoppingToken), EveryAsync(Interval, LookAfterAsync, stoppingToken),
            EveryAsync(Hurry, token => ForAllAsync(paths.InUse.Where(use => use.IsInHurry), (use, t) => use.UpkeepAsync(t), token), stoppingToken));

    private async Task EveryAsync(TimeSpan interval, Func<CancellationToken, Task> act, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await act(stoppingToken).ConfigureAwait(false);
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        if (!paths.InUse.Any())
            return;
        // Whoever cannot say so in time has no connections any more: others may soon take them.
        using var check = clock.CreateTimer(_ => CloseWhenLate(), null, Glance / 2, Glance / 2);
        await TryAsync("life", life.BeatAsync, cancellationToken).ConfigureAwait(false);
        CloseWhenLate();
    }

    private void CloseWhenLate()
    {
        if (paths.CloseWhenLate() is > 0 and var open)
            LogLate(open);
    }

    private async Task LookAfterAsync(CancellationToken cancellationToken)
    {
        await ForAllAsync(paths.InUse, (use, token) => use.UpkeepAsync(token), cancellationToken).ConfigureAwait(false);
        paths.Forget();
    }

    private Task ForAllAsync(IEnumerable<PathUse> uses, Func<PathUse, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            uses,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (use, token) => await TryAsync(use.Id.Key, t => act(use, t), token).ConfigureAwait(false));

    private async Task TryAsync(string what, Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What could not be told lapses by itself, and the next turn may go better.
            LogFailure(e, what);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look after path {Path}")]
    private partial void LogFailure(Exception exception, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process could not say in time that it lives, and gives up {Count} connections: storage was slow, or the machine stood still.")]
    private partial void LogLate(int count);
}
