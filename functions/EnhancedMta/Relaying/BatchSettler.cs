using System.Diagnostics;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Copies;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using EnhancedMta.Telemetry;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Relaying;

/// <summary>
/// Takes the outcomes of one batch while it runs and settles them in small transactions. A message that was handed over holds a place
/// in <see cref="Window"/> until it is settled, so a killed worker can repeat at most that many.
/// </summary>
internal sealed partial class BatchSettler(
    Batch batch, LogLedger ledger, BatchClaims claims, WaitingBatches waiting, BatchQueue queue, TimeProvider clock, BatchOptions options, CopyOptions copies, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Results of marketing mail wait for company: where a path's limits let few messages go at a time, a shorter wait would cost a transaction
    /// for each; a killed worker repeats no more than its window either way. All batches of a process settle at the same moments, so that those of one
    /// partition share a transaction.
    /// </summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    /// <summary>Who sends a transactional message wants to know soon.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>
    /// While storage is away results are kept and tried again: each lost one would be a message sent twice. Longer than that, and the
    /// host ends the invocation anyway.
    /// </summary>
    private static readonly TimeSpan Endurance = TimeSpan.FromMinutes(3);

    /// <summary>Long enough for another process to be the one that sees it.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly List<Outcome> _urgent = [];
    private readonly List<Outcome> _patient = [];
    private readonly CancellationTokenSource _lost = new();
    private readonly string? _owner = batch.ClaimedBy;
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private Batch _batch = batch;

    /// <summary>What is being settled keeps nothing from beginning: the ledger may let it wait for company.</summary>
    private bool _mayWait;

    private long _urgentDue;

    /// <summary>A place for each message that is being handed over or not yet settled.</summary>
    public SemaphoreSlim Window { get; } = new(options.InFlight, options.InFlight);

    /// <summary>How many messages were settled, by <see cref="Outcome.Word"/>.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>The batch as last seen.</summary>
    public Batch Batch => _batch;

    /// <summary>The claim is still the one that this worker began with.</summary>
    public bool IsOurs => _batch.ClaimedBy == _owner;

    /// <summary>Another worker has the batch. Going on would send each open message twice, and not just what was in flight.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Hands an outcome over. The message's place in the window is given back once it is settled.</summary>
    public void Add(Outcome outcome)
    {
        bool enough;
        lock (_lock)
        {
            if (outcome.IsUrgent && _urgent.Count == 0)
                _urgentDue = _batch.Lane == Lane.Transactional ? Stopwatch.GetTimestamp() + Ticks(Soon) : NextRound();
            (outcome.IsUrgent ? _urgent : _patient).Add(outcome);
            enough = IsFull;
        }

        // A soft bounce that is settled late is at worst tried once more; it need not hold up others.
        if (!outcome.IsUrgent)
            Window.Release();
        if (enough)
            _wake.Release();
    }

    /// <summary>The same for a message that was not handed over and took no place.</summary>
    public void AddWithoutPlace(Outcome outcome)
    {
        lock (_lock)
            _patient.Add(outcome);
    }

    /// <summary>Settles until the work is done and everything is settled.</summary>
    public async Task RunAsync(Task work)
    {
        // Soft bounces too, so that the log of a slow batch stays true.
        var patientDue = NextRound();
        _ = work.ContinueWith(_ => _wake.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (true)
        {
            var woken = await _wake.WaitAsync(Tick).ConfigureAwait(false);
            var done = work.IsCompleted;
            if (woken && !done && !HasEnough())
                continue;
            // All together at the end: messages that fail alike then wait in one batch. Nobody waits for a place any more.
            if (done)
            {
                _mayWait = true;
                await SettleAsync([], [.. Take(_urgent), .. Take(_patient)]).ConfigureAwait(false);
                return;
            }

            // What waits takes along what is final: one transaction for both.
            var patient = Stopwatch.GetTimestamp() >= patientDue ? Take(_patient) : null;
            if (patient is { Count: > 0 } || HasEnough())
            {
                lock (_lock)
                    _mayWait = !IsFull;
                await SettleAsync(Take(_urgent), patient ?? []).ConfigureAwait(false);
            }

            if (patient is not null)
                patientDue = NextRound();

            await RenewAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _lost.Dispose();
        _wake.Dispose();
        Window.Dispose();
    }

    /// <summary>Its last transaction may have to add the batch of its copies.</summary>
    private bool HasCopies => (copies.IsOn && !_batch.IsCopy) || _batch.Copies != 0;

    /// <summary>
    /// There are results that are worth a transaction, and few places left for messages that are to begin. Where a path takes few at a time
    /// more may gather.
    /// </summary>
    private bool IsFull => _urgent.Count >= Math.Max(1, options.InFlight / 2) && Window.CurrentCount <= options.InFlight / 8;

    /// <summary>What there is should be settled now.</summary>
    private bool HasEnough()
    {
        lock (_lock)
            return IsFull || (_urgent.Count > 0 && Stopwatch.GetTimestamp() >= _urgentDue);
    }

    /// <summary>The next moment at which all settle, half a round from now at least.</summary>
    private static long NextRound() => ((Stopwatch.GetTimestamp() + (Ticks(Round) / 2)) / Ticks(Round) + 1) * Ticks(Round);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private List<Outcome> Take(List<Outcome> from)
    {
        lock (_lock)
        {
            var taken = from.ToList();
            from.Clear();
            return taken;
        }
    }

    /// <param name="placed">Each holds a place in the window, which it gives back.</param>
    /// <param name="others">They hold none, final or not: what failed before it was handed over, what has given its place back, and all at the end.</param>
    private async Task SettleAsync(List<Outcome> placed, List<Outcome> others)
    {
        var holders = new HashSet<Outcome>(placed, ReferenceEqualityComparer.Instance);
        foreach (var chunk in SettlementChunks.Cut([.. placed, .. others], HasCopies ? SettlementChunks.MaxRows - 1 : SettlementChunks.MaxRows))
        {
            await PersistAsync(chunk).ConfigureAwait(false);
            if (chunk.Count(holders.Contains) is > 0 and var freed)
                Window.Release(freed);
        }
    }

    /// <summary>Commits, however long storage makes us wait within <see cref="Endurance"/>.</summary>
    private async Task PersistAsync(Outcome[] outcomes)
    {
        using var span = Traces.Step("settle");
        using var phase = Phases.Time(Phases.Settle);
        span?.SetTag("enhancedmta.messages", outcomes.Length);
        var began = Stopwatch.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await CommitAsync(outcomes).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (IsStorageAway(e) && Stopwatch.GetElapsedTime(began) < Endurance)
            {
                // Should the change have been made after all, the batch row tells so at the next try.
                await Task.Delay(pause).ConfigureAwait(false);
            }
        }
    }

    private static bool IsStorageAway(Exception e) => e switch
    {
        Azure.RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        AggregateException aggregate => aggregate.InnerExceptions.All(IsStorageAway),
        _ => e is TaskCanceledException or IOException,
    };

    private async Task CommitAsync(Outcome[] outcomes)
    {
        // The pointer first, then the transaction; should the batch row have moved, look who else settled what. What an earlier look
        // showed as done is done: results that were under way then must not overwrite it now.
        outcomes = [.. outcomes.Where(o => !_batch.IsDone(o.Item.Slot))];
        while (outcomes.Length > 0)
        {
            var now = clock.GetUtcNow();
            var (change, next) = _batch.IsCopy ? CopySettlement.Build(_batch, outcomes, now) : Settlement.Build(_batch, outcomes, now);
            // Nobody waits for it, or for a place: what else comes for the partition may go in the same transaction.
            change.CanWait = _mayWait && _batch.Lane == Lane.Marketing;
            if (next.Count > 0)
                await (change.CanWait ? waiting.AddTogetherAsync(next) : waiting.AddAsync(next, CancellationToken.None)).ConfigureAwait(false);
            var after = _batch with
            {
                Done = outcomes.Aggregate(_batch.Done, (done, o) => done | UInt128.One << o.Item.Slot),
                ClaimedUntil = IsOurs ? now + options.ClaimLifetime : _batch.ClaimedUntil,
                PossibleRepeats = 0,
                Copies = copies.IsOn && !_batch.IsCopy ? Marked(change, outcomes) : _batch.Copies,
            };
            change.Batches.Insert(0, after.IsComplete
                ? new TableTransactionAction(TableTransactionActionType.Delete, after.ToRow(), _batch.ETag)
                : Replacement.Of(_batch.ToRow(), after.ToRow(), _batch.ETag));
            var ofCopies = after.IsComplete ? after.OfCopies(now) : null;
            if (ofCopies is not null)
                change.Batches.Add(new TableTransactionAction(TableTransactionActionType.Add, ofCopies.ToRow()));
            // What is possibly repeated of copies is the archive's to find out, by the Message-ID.
            if (!_batch.IsCopy)
                change.Counters.PossibleRepeats += _batch.PossibleRepeats;
            var result = await ledger.CommitAsync(_batch.Partition, change, CancellationToken.None).ConfigureAwait(false);
            if (result is { Status: CommitStatus.Committed, BatchETags: [var etag, ..] })
            {
                _batch = after with { ETag = etag };
                Tell(outcomes);
                await QueueDueAsync([.. next.Where(b => b.Due <= now)]).ConfigureAwait(false);
                if (ofCopies is not null)
                    await QueueAsync(ofCopies).ConfigureAwait(false);
                return;
            }

            // Committed without an ETag (a lost answer), or the row moved: an asynchronous bounce settled a slot, or the claim lapsed and
            // another worker goes on. Either way what the row says is done is done; the rest of our results still count.
            await LookAsync().ConfigureAwait(false);
            if (result.Status == CommitStatus.Committed)
                Tell(outcomes);
            outcomes = [.. outcomes.Where(o => !_batch.IsDone(o.Item.Slot))];
        }
    }

    /// <summary>Notes that copies are to be sent of what was delivered.</summary>
    private UInt128 Marked(LogChange change, Outcome[] outcomes)
    {
        var delivered = outcomes.Where(o => o.State == MessageState.Delivered).ToDictionary(o => LogKeys.Message(o.Item.Message.MessageId), o => o.Item.Slot, StringComparer.Ordinal);
        foreach (var row in change.MessageUpdates.Where(r => delivered.ContainsKey(r.RowKey)))
            row[nameof(MessageRow.Copy)] = nameof(CopyState.Waiting);
        return delivered.Values.Aggregate(_batch.Copies, (bits, slot) => bits | UInt128.One << slot);
    }

    private async Task QueueAsync(Batch ofCopies)
    {
        try
        {
            await queue.SendAsync(ofCopies.Lane, new BatchOrder(ofCopies.Partition.Key, ofCopies.Id), null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsStorageAway(e))
        {
            // The partition's guard finds it in some minutes.
        }
    }

    /// <summary>The log has them.</summary>
    private void Tell(Outcome[] outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (_batch.IsCopy)
                CopyMetrics.Count(outcome.State switch { MessageState.Delivered => "sent", MessageState.Waiting => "waits", _ => "failed" });
            else
                RelayMetrics.CountSettled(outcome, _batch.Lane);
            _counts[outcome.Word] = _counts.GetValueOrDefault(outcome.Word) + 1;
            LogMessage(outcome.Item.Message.MessageId, _batch.Partition.DeliveryId, outcome.Word, outcome.Egress?.PublicId, outcome.Provider,
                outcome.Attempt?.Reply?.Code, (int?)outcome.Verdict?.Reason, outcome.Verdict?.Rule, outcome.Attempt?.Error);
        }
    }

    /// <summary>What is due already does not wait for the schedule's next minute.</summary>
    private async Task QueueDueAsync(IReadOnlyList<Batch> due)
    {
        if (due.Count == 0)
            return;
        try
        {
            foreach (var batch in due)
                await queue.SendAsync(batch.Lane, new BatchOrder(batch.Partition.Key, batch.Id), AtOnce, CancellationToken.None).ConfigureAwait(false);
            await waiting.RemoveAsync(due, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsStorageAway(e))
        {
            // Its pointer is still there: a minute later then.
        }
    }

    /// <summary>Reads the row that somebody else changed. Without a row the batch is complete.</summary>
    private async Task LookAsync()
    {
        var now = await claims.ReadAsync(_batch.Partition, _batch.Id, CancellationToken.None).ConfigureAwait(false);
        _batch = now ?? _batch with { Done = _batch.All };
        if (now is null || !IsOurs)
            await _lost.CancelAsync().ConfigureAwait(false);
    }

    private async Task RenewAsync()
    {
        if (_batch.IsComplete || !IsOurs || _batch.ClaimedUntil - clock.GetUtcNow() > options.ClaimLifetime / 2)
            return;
        try
        {
            if (await claims.UpdateAsync(_batch, keep: true, CancellationToken.None).ConfigureAwait(false) is { } renewed)
                _batch = renewed;
            else
                await LookAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsStorageAway(e))
        {
            // The next round tries again; should the claim lapse meanwhile, results still count (see CommitAsync).
        }
    }

    // Neither the address nor the reply, which may name it: both are in the log's row, behind a key.
    [LoggerMessage(Level = LogLevel.Debug, Message = "Message {MessageId} of delivery {DeliveryId}: {Outcome} by egress {Egress} at {Provider}; reply {ReplyCode}, reason {Reason} by rule {Rule}, error {LocalError}.")]
    private partial void LogMessage(string messageId, string deliveryId, string outcome, int? egress, string? provider, int? replyCode, int? reason, string? rule, LocalError? localError);
}
