using Azure;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Traffic;

/// <summary>Writes this process's minutes down, every few seconds while there is something new, and when the process stops.</summary>
/// <remarks>
/// A process that is killed takes its last seconds along. What they say of log partitions is found again when the sweeper looks at these
/// (<see cref="TrafficRecovery"/>); what they say of paths is lost, a few seconds of a path's graph.
/// </remarks>
public sealed partial class TrafficKeeping(TrafficBook book, TrafficTable table, TimeProvider clock, ILogger<TrafficKeeping> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>The longest window, and time for whoever wants to look into yesterday.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromHours(72);

    private readonly string _process = Guid.NewGuid().ToString("N")[..12];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _cleared;

    /// <summary>Writes now. Storage that fails is asked again next time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        var rows = book.TakeChanged();
        try
        {
            await table.WriteAsync(rows, _process, cancellationToken).ConfigureAwait(false);
            book.Forget(clock.GetUtcNow());
        }
        catch (Exception e) when (e is RequestFailedException or IOException or AggregateException or OperationCanceledException)
        {
            book.GiveBack(rows);
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
                throw;
            LogNotWritten(e, rows.Count);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _cleared = clock.GetUtcNow();
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await WriteAsync(stoppingToken).ConfigureAwait(false);
            if (clock.GetUtcNow() - _cleared > TimeSpan.FromHours(1))
                await ClearAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        _cleared = clock.GetUtcNow();
        try
        {
            await table.ForgetAsync(_cleared - Retention, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e)
        {
            LogNotCleared(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} rows of throughput could not be written; they are kept.")]
    private partial void LogNotWritten(Exception exception, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old rows of throughput could not be removed.")]
    private partial void LogNotCleared(Exception exception);
}
