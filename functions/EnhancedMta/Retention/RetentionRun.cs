using System.Globalization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.Egresses;
using EnhancedMta.Feedback;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Retention;

/// <summary>
/// Once a day everything is looked at, delivery by delivery, then the small tables; a run has a limit, and the next one goes on where it ended. How far
/// the day is stands in one row, so another instance, or the same one after a crash, repeats a delivery at most.
/// </summary>
public sealed class RetentionRun
{
    private const int FeedEntriesAtOnce = 2_000;

    private static readonly TimeSpan PerDelivery = TimeSpan.FromSeconds(20);

    private const string ProgressPartition = "retention";
    private const string ProgressKey = "progress";

    private readonly TableClient _state;
    private readonly DeliveryStore _deliveries;
    private readonly TimeProvider _clock;
    private readonly LogRetention _log;
    private readonly ContentRetention _content;
    private readonly StateRetention _tables;
    private readonly FeedRetention _feed;
    private readonly DomainRollUps _domains;
    private readonly RetentionOptions _options;

    // A minute's run of a day that is done need not even read.
    private DateOnly _doneToday;

    public RetentionRun(StorageAccount storage, DeliveryStore deliveries, FeedRetention feed, DomainRollUps domains, IReadOnlyList<Egress> egresses, RetentionOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(storage);
        (_state, _deliveries, _feed, _domains, _options, _clock) = (storage.State, deliveries, feed, domains, options, clock);
        _log = new LogRetention(storage.Log, options, clock);
        _content = new ContentRetention(storage, options, clock);
        _tables = new StateRetention(storage, egresses, options, clock);
    }

    /// <param name="limit">The run ends soon after it; the next goes on.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <returns>Whether the day's work is done.</returns>
    /// <exception cref="RequestFailedException">Storage failed; the next run goes on.</exception>
    public async Task<bool> RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        if (_doneToday == today)
            return true;
        var box = new TimeBox(_clock, limit);
        var progress = await ReadAsync(today, cancellationToken).ConfigureAwait(false);
        if (!progress.IsDone && await GoOnAsync(progress, box, cancellationToken).ConfigureAwait(false))
            await WriteAsync(progress with { IsDone = true }, cancellationToken).ConfigureAwait(false);
        else if (!progress.IsDone)
            return false;
        _doneToday = today;
        return true;
    }

    private async Task<bool> GoOnAsync(Progress progress, TimeBox box, CancellationToken cancellationToken)
    {
        // The order of the feed before its pages: nobody is led to a page that is gone.
        while (await _feed.PurgeAsync(_clock.GetUtcNow() - _options.Feed, FeedEntriesAtOnce, cancellationToken).ConfigureAwait(false) == FeedEntriesAtOnce)
        {
            if (box.IsOver)
                return false;
        }

        var hasBegun = false;
        await foreach (var delivery in _deliveries.AllAsync(progress.After, cancellationToken).ConfigureAwait(false))
        {
            if (delivery.Id == progress.After)
                continue;
            // One at least: a run must come further than the one before.
            if ((hasBegun && box.IsOver)
                || !await PurgeLogAsync(delivery, box, cancellationToken).ConfigureAwait(false)
                || !await _content.PurgePacksAsync(delivery, box, cancellationToken).ConfigureAwait(false))
                return false;
            hasBegun = true;
            await WriteAsync(progress with { After = delivery.Id }, cancellationToken).ConfigureAwait(false);
        }

        return await _content.PurgeBounceMailsAsync(box, cancellationToken).ConfigureAwait(false)
            && await _tables.PurgeAsync(box, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Domains are counted from feed pages: those that are not counted yet stay.</summary>
    private async Task<bool> PurgeLogAsync(Delivery delivery, TimeBox box, CancellationToken cancellationToken)
    {
        var counted = await _domains.BringUpToDateAsync(delivery, PerDelivery, cancellationToken).ConfigureAwait(false);
        return await _log.PurgeAsync(
            delivery, (shard, page) => counted is not null && string.CompareOrdinal(page, LogKeys.Page(counted.UpTo[shard])) <= 0, box, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Progress> ReadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        var row = await _state.GetEntityIfExistsAsync<TableEntity>(ProgressPartition, ProgressKey, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue && row.Value!.GetString(nameof(Progress.Day)) == Text(today)
            ? new Progress(today, row.Value.GetString(nameof(Progress.After)), row.Value.GetBoolean(nameof(Progress.IsDone)) ?? false)
            : new Progress(today, null, false);
    }

    private async Task WriteAsync(Progress progress, CancellationToken cancellationToken) =>
        await _state.UpsertEntityAsync(
            new TableEntity(ProgressPartition, ProgressKey) { [nameof(Progress.Day)] = Text(progress.Day), [nameof(Progress.After)] = progress.After, [nameof(Progress.IsDone)] = progress.IsDone },
            TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <param name="Day">Whose work it is.</param>
    /// <param name="After">The delivery that was done last.</param>
    /// <param name="IsDone">Nothing is left of the day.</param>
    private sealed record Progress(DateOnly Day, string? After, bool IsDone);
}
