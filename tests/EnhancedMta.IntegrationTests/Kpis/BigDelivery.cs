using EnhancedMta.Batches;
using EnhancedMta.Bounces;
using EnhancedMta.Breakdowns;
using EnhancedMta.Corrections;
using EnhancedMta.Deliveries;
using EnhancedMta.Packs;
using EnhancedMta.Qualification;
using EnhancedMta.Relaying;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Kpis;

/// <summary>A delivery of many messages, written straight to the log by what writes it in earnest: acceptances, settlements, late bounces, corrections. Nothing is sent.</summary>
internal sealed class BigDelivery
{
    private static readonly (string Provider, int Weight)[] Providers = [("google", 40), ("microsoft", 25), ("orange", 10), ("others", 25)];

    private static readonly Verdict[] Failures =
    [
        new(FailureType.Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser, "unknown", Final: true),
        new(FailureType.Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, ReplyClass.MailboxFull, "full", Final: true),
        new(FailureType.Soft, CampaignReason.Refused, BounceCode.SpamContent, ReplyClass.PolicyRefusal, "refused", Final: true),
    ];

    private static readonly Verdict NotNow = new(FailureType.Soft, CampaignReason.Unreachable, BounceCode.TransientFailure, ReplyClass.Transient, "not-now", Final: false);

    private readonly LogLedger _ledger;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    public BigDelivery(StorageAccount storage, Delivery delivery)
    {
        (Storage, Delivery) = (storage, delivery);
        _ledger = new LogLedger(storage.Log, _clock);
    }

    public StorageAccount Storage { get; }

    public Delivery Delivery { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Writes the whole life of the messages, partition by partition in parallel.</summary>
    public async Task WriteAsync(int messages, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(0, messages).Select(n => $"m{n}").GroupBy(id => LogPartition.Of(Delivery.Id, id, Delivery.Shards)).ToList();
        var turn = 0;
        // All partitions move from hour to hour together.
        for (var batches = ids.Select(p => p.Chunk(Batch.MaxMessages - 4).ToList()).ToList(); batches.Any(b => b.Count > turn); turn++)
        {
            if (turn % 4 == 3)
                _clock.Advance(TimeSpan.FromMinutes(23));
            await Task.WhenAll(ids.Zip(batches).Where(p => p.Second.Count > turn).Select(p => BatchAsync(p.First.Key, p.Second[turn], new Random(turn * 100 + p.First.Key.Shard), cancellationToken)));
        }
    }

    private async Task BatchAsync(LogPartition partition, string[] ids, Random random, CancellationToken cancellationToken)
    {
        // Accepted; a part of it is tried and waits; then all come to an end; some of them are taken back later, or corrected.
        var received = Now;
        var id = Batch.NewId(received);
        var items = ids.Select((messageId, slot) => RelayItem.Fresh(slot, new PackItem(messageId, messageId, Domain(messageId), "sender.example", 1_000 + slot, false)) with { Received = received }).ToList();
        var accepted = Accepted(partition, items, id, received);
        var batch = new Batch { Partition = partition, Id = id, Pack = "d/none", Lane = Lane.Marketing, Count = items.Count, Queued = received };
        if (random.Next(8) > 0)
        {
            // Accepted and at its end in one transaction: the same rows and counts for a third of the requests.
            var change = Settlement.Build(batch, [.. items.Where(_ => random.Next(30) > 0).Select(item => End(item, Taken(), random))], received.AddMinutes(1)).Change;
            Join(accepted, change);
            await CommitAsync(partition, accepted, cancellationToken);
            if (random.Next(4) == 0)
                await TakeBackAsync(partition, ids, random, cancellationToken);
            return;
        }

        await CommitAsync(partition, accepted, cancellationToken);
        var (deferred, waiting) = await DeferAsync(batch, [.. items.Where(_ => random.Next(3) == 0)], random, cancellationToken);
        if (random.Next(8) == 0)
            return; // waiting still
        var ends = items.Where(i => !deferred.Contains(i.Slot)).Concat(waiting).Select(item => End(item, Taken(), random)).ToList();
        await CommitAsync(partition, Settlement.Build(batch, ends, received.AddMinutes(1)).Change, cancellationToken);
        await TakeBackAsync(partition, ids, random, cancellationToken);

        DateTimeOffset Taken() => received.AddMilliseconds(random.Next(50, 20_000_000));
    }

    /// <summary>Makes one change of two that follow each other.</summary>
    private static void Join(LogChange accepted, LogChange settled)
    {
        var rows = accepted.NewMessages.ToDictionary(row => row.RowKey, StringComparer.Ordinal);
        foreach (var update in settled.MessageUpdates)
        {
            foreach (var (name, value) in update.Where(p => p.Key is not ("PartitionKey" or "RowKey" or "odata.etag")))
                rows[update.RowKey][name] = value;
        }

        accepted.Counters.Add(settled.Counters);
        foreach (var (domain, tally) in settled.Domains.Domains)
            accepted.Domains.Add(domain, tally.Provider, tally.Counts);
    }

    private static LogChange Accepted(LogPartition partition, List<RelayItem> items, string batch, DateTimeOffset received)
    {
        var change = new LogChange();
        foreach (var item in items)
        {
            var message = item.Message;
            change.NewMessages.Add(MessageRow.Accepted(partition, message.MessageId, message.To, message.Length, received, received.AddHours(84), batch, item.Slot));
            change.Move(null, new Standing(message.Domain, null, MessageState.Queued), received);
            change.Counters.RelayedBytes += message.Length;
        }

        change.Counters.Relayed = items.Count;
        return change;
    }

    private async Task<(HashSet<int> Slots, List<RelayItem> Again)> DeferAsync(Batch batch, List<RelayItem> items, Random random, CancellationToken cancellationToken)
    {
        var now = Now;
        var outcomes = items.Select(item => new Outcome
        {
            Item = item with { Provider = Provider(random) },
            State = MessageState.Waiting,
            CountsAttempt = random.Next(5) > 0,
            Verdict = NotNow,
            Attempt = new AttemptResult { Outcome = AttemptOutcome.Refused },
            Due = now.AddMinutes(30),
        }).ToList();
        if (outcomes.Count == 0)
            return ([], []);
        var (change, next) = Settlement.Build(batch, outcomes, now);
        await CommitAsync(batch.Partition, change, cancellationToken);
        var known = next[0].Items!;
        return ([.. items.Select(i => i.Slot)], [.. items.Select((item, slot) => RelayItem.Again(slot, known[slot], item.Message) with { Received = item.Received })]);
    }

    private static Outcome End(RelayItem item, DateTimeOffset taken, Random random)
    {
        // The MX of a domain may be another one at the next attempt.
        item = item with { Provider = Provider(random) };
        var tried = new AttemptResult { Outcome = AttemptOutcome.Accepted, Reply = new SmtpReply(250, null, "Ok", SmtpCommand.Data) };
        return random.Next(10) switch
        {
            0 => new Outcome { Item = item, State = MessageState.Bounced, CountsAttempt = true, Verdict = Failures[random.Next(Failures.Length)], Attempt = tried with { Reply = new SmtpReply(550, null, "No", SmtpCommand.RcptTo) } },
            1 when item.WasWaiting => new Outcome { Item = item with { Provider = null }, State = MessageState.Expired, Verdict = NotNow },
            _ => new Outcome { Item = item, State = MessageState.Delivered, CountsAttempt = true, Attempt = tried, Taken = taken },
        };
    }

    private async Task TakeBackAsync(LogPartition partition, string[] ids, Random random, CancellationToken cancellationToken)
    {
        var reader = new LogReader(Storage.Log);
        var changes = new BounceChanges(new BatchClaims(Storage.Log, _clock, new BatchOptions()), _clock);
        var message = (await reader.FindAsync(partition, ids[random.Next(ids.Length)], cancellationToken))!;
        if (message.State == MessageState.Delivered)
        {
            var kind = random.Next(3) == 0 ? BounceReportKind.Complaint : BounceReportKind.Failed;
            var (change, _) = await changes.OfAsync(message, new BounceReport { Kind = kind, Source = "dsn" }, Failures[0], cancellationToken);
            await CommitAsync(partition, change!, cancellationToken);
        }
        else if (RecordedVerdict.Of(message) is { } recorded)
        {
            await new VerdictCorrections(_ledger, reader, _clock).ApplyAsync(partition, [(recorded, Failures[random.Next(Failures.Length)])], "a test", cancellationToken);
        }
    }

    private async Task CommitAsync(LogPartition partition, LogChange change, CancellationToken cancellationToken) =>
        Assert.Equal(CommitStatus.Committed, (await _ledger.CommitAsync(partition, change, cancellationToken)).Status);

    // As in life: few domains have most of the recipients, and very many have one or two.
    private static string Domain(string messageId)
    {
        var number = int.Parse(messageId.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        return number % 5 < 4 ? $"large{number * 31L % 97 * (number * 17L % 89) % 120}.example" : $"small{number}.example";
    }

    private static string Provider(Random random)
    {
        var point = random.Next(100);
        return Providers.First(p => (point -= p.Weight) < 0).Provider;
    }
}
