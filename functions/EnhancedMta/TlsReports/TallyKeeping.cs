using Azure;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.TlsReports;

/// <summary>Writes down what was counted, now and then and when the process stops. One that is killed loses the last minutes' counts: a report is a statistic.</summary>
internal sealed partial class TallyKeeping(TlsTally tally, TallyTable table, TimeProvider clock, ILogger<TallyKeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // While storage is away what waits here must not grow without end.
    private const int MaxWaiting = 20_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private List<TallyRow> _waiting = [];

    /// <summary>Writes now.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The name comes with the row: a second try writes the same rows.
            var writing = Guid.NewGuid().ToString("N");
            _waiting.AddRange(tally.Take().Select(taken => new TallyRow(taken.Key.Day, taken.Key.Domain, writing, taken.Value)));
            await table.WriteAsync(_waiting, cancellationToken).ConfigureAwait(false);
            _waiting = [];
        }
        catch (RequestFailedException e)
        {
            LogNotWritten(e, _waiting.Count);
            if (_waiting.Count > MaxWaiting)
                _waiting.RemoveRange(0, _waiting.Count - MaxWaiting);
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
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await WriteAsync(stoppingToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Counts of TLS sessions could not be written; {Count} rows wait.")]
    private partial void LogNotWritten(Exception exception, int count);
}
