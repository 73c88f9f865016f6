using System.Diagnostics;
using System.Xml;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Declares a delivery, relays it, drives its retries, and checks what came of it.</summary>
internal sealed class DemoRun
{
    // Fewer, fuller requests fill batches better.
    private const int FullRequest = 2_000;

    private static readonly TimeSpan DeclaredValidity = TimeSpan.FromDays(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LimitPerMessage = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(500);

    private readonly DemoWorld _world;
    private readonly DemoScreen _screen;
    private readonly Mailing _mailing;
    private readonly RetryRounds _rounds;
    private readonly Stopwatch _clock = new();
    private TimeSpan? _shown;
    private TimeSpan _relayed;
    private long _operationsBefore;
    private long _firstOperations;

    public DemoRun(DemoWorld world, DemoScreen screen, Mailing mailing)
    {
        (_world, _screen, _mailing) = (world, screen, mailing);
        _rounds = new RetryRounds(world.Host, world.Watch, world.Clock, ShowAsync);
    }

    /// <summary>Until all messages are final, or time is up.</summary>
    /// <exception cref="OperationCanceledException">The user stopped it.</exception>
    public async Task<DemoResult> RunAsync(CancellationToken cancellationToken)
    {
        await DeclareAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit + LimitPerMessage * _mailing.Messages.Count);
        _operationsBefore = _world.StorageOperations;
        _clock.Start();
        try
        {
            await _screen.WatchAsync(async () =>
            {
                await RelayAsync(limit.Token);
                await _rounds.SettleAsync(limit.Token);
                (_relayed, _firstOperations) = (_clock.Elapsed, _world.StorageOperations - _operationsBefore);
                await _rounds.RunAsync(limit.Token);
                _shown = null;
                await ShowAsync();
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _screen.Say($"Time is up after {_clock.Elapsed.TotalSeconds:0} s.");
        }
        _clock.Stop();
        var feedback = await new FeedbackCheck(_world, _mailing).RunAsync(cancellationToken);
        return await JudgeAsync(feedback, cancellationToken);
    }

    private async Task DeclareAsync(CancellationToken cancellationToken)
    {
        var answer = await _world.Api.DeclareAsync(_mailing.DeliveryId, new
        {
            label = "Three books for your weekend",
            sender = $"Hilltop Books <news@{Mailing.SenderDomain}>",
            validityPeriod = XmlConvert.ToString(DeclaredValidity),
            priority = "marketing",
            expectedSize = _mailing.Messages.Count,
            // What a Campaign delivery template carries along, and the Enhanced MTA decides for itself.
            maxRetries = 5,
            retryPeriod = "PT1H",
        }, cancellationToken);
        _screen.Say($"declared   delivery {_mailing.DeliveryId}, valid for {XmlConvert.ToString(DeclaredValidity)}. The answer: {answer.ValidityPeriodCut ?? "that is in force"}");
        _screen.Say($"           accepted and ignored: {string.Join(", ", answer.Ignored)}");
    }

    private async Task RelayAsync(CancellationToken cancellationToken)
    {
        var requests = Math.Max(1, _mailing.Messages.Count / FullRequest);
        foreach (var chunk in _mailing.Messages.Chunk((_mailing.Messages.Count + requests - 1) / requests))
        {
            await _world.Api.RelayAsync(_mailing.DeliveryId, RelayBody.Of(chunk), cancellationToken);
            await ShowAsync();
        }
    }

    private async Task ShowAsync()
    {
        if (_clock.Elapsed - _shown < ShowEvery) return;
        var summary = await _world.Api.SummaryAsync(_mailing.DeliveryId, CancellationToken.None);
        _shown = _clock.Elapsed;
        _screen.Show(new(summary, _mailing.Messages.Count, _clock.Elapsed, _world.Clock.Ahead, _rounds.Count), _world.Sink.Ledger);
    }

    private async Task<DemoResult> JudgeAsync(string? feedback, CancellationToken cancellationToken)
    {
        var operations = _world.StorageOperations - _operationsBefore;
        var summary = await _world.Api.SummaryAsync(_mailing.DeliveryId, cancellationToken);
        var log = await _world.Api.LogAsync(_mailing.DeliveryId, cancellationToken);
        var audit = new Audit(_mailing, summary, log, _world.Sink.Ledger);
        double count = _mailing.Messages.Count;
        return new DemoResult
        {
            Relayed = summary.Relayed,
            Delivered = summary.Delivered,
            Failed = summary.Failed,
            SoftBounced = summary.SoftBounced,
            Retried = summary.Retried,
            SuccessPercent = Math.Round(summary.SuccessPercent, 2),
            DeliveredPercent = Math.Round(summary.DeliveredPercent, 2),
            Seconds = Math.Round(_clock.Elapsed.TotalSeconds, 2),
            MessagesPerSecond = _relayed > TimeSpan.Zero ? Math.Round(count / _relayed.TotalSeconds, 1) : 0,
            StorageOperationsPerMessage = Math.Round(operations / count, 3),
            FirstOperationsPerMessage = Math.Round(_firstOperations / count, 3),
            Lost = audit.Lost.Count,
            Duplicates = audit.Duplicates.Count,
            Summary = summary,
            Faults = feedback is null ? [.. audit.Faults()] : [.. audit.Faults(), feedback],
        };
    }
}
