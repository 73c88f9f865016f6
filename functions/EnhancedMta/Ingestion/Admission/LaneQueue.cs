using Azure;
using EnhancedMta.Batches;

namespace EnhancedMta.Ingestion.Admission;

/// <summary>
/// A lane's queue as this instance knows it. Looked at while requests come, every few seconds, by one of them for all: one or two storage
/// operations then, none for a request.
/// </summary>
internal sealed class LaneQueue(Lane lane, Func<Lane, CancellationToken, Task<QueueReading>> queue, TimeSpan limit, TimeProvider clock)
{
    /// <summary>A request waits so long for a reading at most; then it goes by what was known.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What is older says nothing any more.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(1);

    private readonly QueueTrack _track = new(limit);
    private readonly Lock _lock = new();
    private Task _reading = Task.CompletedTask;
    private long? _begun;
    private (QueueEstimate Estimate, long At)? _known;

    /// <summary>Between two looks.</summary>
    private TimeSpan Interval { get; } = TimeSpan.FromSeconds(Math.Clamp((limit / 60).TotalSeconds, 1, 5));

    /// <summary>What is known without looking.</summary>
    public QueueEstimate Known
    {
        get
        {
            lock (_lock)
                return _known is { } known && clock.GetElapsedTime(known.At) <= Stale ? known.Estimate : QueueEstimate.Unknown;
        }
    }

    public async ValueTask<QueueEstimate> LookAsync(CancellationToken cancellationToken)
    {
        Task reading;
        bool isOld;
        lock (_lock)
        {
            if (_reading.IsCompleted && (_begun is not { } begun || clock.GetElapsedTime(begun) >= Interval))
            {
                _begun = clock.GetTimestamp();
                _reading = ReadAsync();
            }

            reading = _reading;
            isOld = _known is not { } known || clock.GetElapsedTime(known.At) > 3 * Interval;
        }

        // The last reading serves while the next one is on its way, unless it is too old for that.
        if (!reading.IsCompleted && isOld)
            await Task.WhenAny(reading, Task.Delay(Patience, clock, cancellationToken)).ConfigureAwait(false);
        return Known;
    }

    private async Task ReadAsync()
    {
        try
        {
            // Not the request's token: it is done for all.
            var reading = await queue(lane, CancellationToken.None).ConfigureAwait(false);
            lock (_lock)
                _known = (_track.Add(reading), clock.GetTimestamp());
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or OperationCanceledException or IOException)
        {
            // Without storage the request will fail by itself, and say why.
        }
    }
}
