using Azure;
using Azure.Storage.Blobs.Specialized;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>A held lease, renewed in real time until it is given up.</summary>
internal sealed class TimerTurn : IAsyncDisposable
{
    private readonly BlobLeaseClient _lease;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _renewal;

    public TimerTurn(BlobLeaseClient lease, TimeSpan time)
    {
        _lease = lease;
        _renewal = RenewAsync(time / 3);
    }

    public string LeaseId => _lease.LeaseId;

    /// <summary>Cancelled when the lease cannot be kept: another host may run the timer from then on.</summary>
    public CancellationToken Lost => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewal;
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            // It lapses by itself.
        }
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(TimeSpan interval)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, _ended.Token);
                await _lease.RenewAsync(cancellationToken: CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            await _lost.CancelAsync();
        }
    }
}
