using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.UserRules;

/// <summary>Looks for new user's rules before anything is decided by them, and every half minute from then on.</summary>
internal sealed partial class LiveRulesWatch<TRules>(LiveRules<TRules> rules, TimeProvider clock, ILogger<LiveRulesWatch<TRules>> logger) : BackgroundService
    where TRules : class
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await LookAsync(stoppingToken).ConfigureAwait(false);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await rules.LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What held goes on, and the next look may go better.
            LogFailure(logger, e, rules.Source.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look for rules in {Source}")]
    private static partial void LogFailure(ILogger logger, Exception exception, string source);
}
