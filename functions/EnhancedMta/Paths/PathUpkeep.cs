using EnhancedMta.Paths.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Paths;

/// <summary>Renews this process's leave on its paths while it is needed, and gives it up when not, and when the process ends.</summary>
internal sealed partial class PathUpkeep(PathDirectory paths, ProcessLife life, TimeProvider clock, ILogger<PathUpkeep> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int Parallel = 8;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await ForAllAsync((use, token) => use.GiveUpAsync(isForGood: true, token), cancellationToken).ConfigureAwait(false);
        await TryAsync("life", life.EndAsync, cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (paths.InUse.Any())
                await TryAsync("life", life.BeatAsync, stoppingToken).ConfigureAwait(false);
            await ForAllAsync((use, token) => use.UpkeepAsync(token), stoppingToken).ConfigureAwait(false);
            paths.Forget();
        }
    }

    private Task ForAllAsync(Func<PathUse, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            paths.InUse,
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
}
