using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Modes;

/// <summary>Looks at the mode while batches are being sent, so that they end when it does.</summary>
internal sealed partial class ModeWatch(ModeSwitch modes, TimeProvider clock, ILogger<ModeWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ModeState.SeenWithin / 5, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            // Whoever begins a batch looks too, when nobody did lately.
            if (!modes.IsWorking || modes.Age < ModeState.SeenWithin * 0.75)
                continue;
            try
            {
                await modes.LookAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailure(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look which mode holds")]
    private partial void LogFailure(Exception exception);
}
