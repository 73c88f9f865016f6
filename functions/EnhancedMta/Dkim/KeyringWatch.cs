using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Dkim;

/// <summary>Reads keys and states before anything is relayed, and every half minute from then on.</summary>
internal sealed partial class KeyringWatch(KeyringRefresh refresh, TimeProvider clock, ILogger<KeyringWatch> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await refresh.ReadFirstAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await LookAsync(stoppingToken).ConfigureAwait(false);
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            await refresh.RefreshAsync(vaultNow: false, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // What held goes on, and the next look may go better.
            LogFailure(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look for DKIM keys")]
    private static partial void LogFailure(ILogger logger, Exception exception);
}
