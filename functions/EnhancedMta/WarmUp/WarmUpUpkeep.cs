using Microsoft.Extensions.Hosting;

namespace EnhancedMta.WarmUp;

/// <summary>Lets the budgets exchange with other processes now and then, and once more when the process stops.</summary>
internal sealed class WarmUpUpkeep(WarmUpBudgets budgets, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await budgets.ExchangeAsync(all: false, stoppingToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await budgets.ExchangeAsync(all: true, cancellationToken).ConfigureAwait(false);
    }
}
