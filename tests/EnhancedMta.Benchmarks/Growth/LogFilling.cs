using System.Globalization;
using EnhancedMta.Addresses;
using EnhancedMta.Batches;
using EnhancedMta.Breakdowns;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary>
/// Writes what relaying would have left behind, with the product's own ledger and transactions: rows of delivered messages with their counters, minutes and feed
/// pages, and pointers of the schedule. A message is accepted and delivered in one transaction instead of two; its row is the same.
/// </summary>
internal sealed class LogFilling(LogLedger ledger, WaitingBatches waiting, Delivery delivery, TimeProvider clock)
{
    private const int Domains = 50;
    private const int PerMinute = 100;

    // Retries wait for up to 3.5 days; none of these becomes due while this runs.
    private const int FirstMinute = 120;
    private const int Minutes = 4_800;
    private const int Parallel = 4;

    /// <summary>Messages <paramref name="from"/> up to <paramref name="to"/>, and as many batches that wait.</summary>
    public async Task FillAsync(int from, int to, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        var groups = Enumerable.Range(from, to - from).Select(n => string.Create(CultureInfo.InvariantCulture, $"m{n:D8}")).GroupBy(id => LogPartition.Of(delivery.Id, id, delivery.Shards))
            .SelectMany(partition => partition.Chunk(Batch.MaxMessages).Select((ids, n) => (Partition: partition.Key, Ids: ids, Number: n)))
            // Partitions in turn, as requests bring them.
            .OrderBy(g => g.Number);
        await System.Threading.Tasks.Parallel.ForEachAsync(groups, parallel, async (group, _) => await DeliveredAsync(group.Partition, group.Ids));
        await System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(from, to - from).Chunk(PerMinute), parallel, async (numbers, token) => await WaitAsync(numbers, token));
    }

    /// <summary>Batches whose time has come, none of which is there any more: whoever follows the pointers finds that out.</summary>
    public Task MakeDueAsync(int count, CancellationToken cancellationToken) =>
        waiting.AddAsync(Enumerable.Range(0, count).Select(n => Waiting(n, clock.GetUtcNow() - TimeSpan.FromMinutes(2)) with { Lane = Lane.Transactional }), cancellationToken);

    private async Task DeliveredAsync(LogPartition partition, string[] ids)
    {
        const int Octets = 10_000;
        var now = clock.GetUtcNow();
        var batch = Batch.NewId(now);
        var change = new LogChange();
        for (var slot = 0; slot < ids.Length; slot++)
        {
            if (!EmailAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"{ids[slot]}@domain{slot % Domains}.test"), out var to, out var error))
                throw new InvalidOperationException(error);
            var row = MessageRow.Accepted(partition, ids[slot], to, Octets, now, now + TimeSpan.FromDays(3.5), batch, slot);
            foreach (var (name, value) in MessageRow.Update(partition, ids[slot], MessageState.Delivered, now))
                row[name] = value;
            row[nameof(MessageRow.Attempts)] = 1;
            row[nameof(MessageRow.Provider)] = "other";
            row[nameof(MessageRow.Finished)] = now;
            row[nameof(MessageRow.MillisecondsToDeliver)] = 1_000L;
            MessageRow.SetEntry(row, 0, new HistoryEntry { Time = now, What = "delivered", Attempt = 1, MxHost = $"mx.{to.Domain}", RemoteAddress = "192.0.2.1", Egress = "1", Reply = "250 2.0.0 Ok: queued as 1A2B3C4D5E", Milliseconds = 40 });
            change.NewMessages.Add(row);
            change.Events.Add(new DeliveryEvent { Type = DeliveryEventType.Relayed, MessageId = ids[slot] });
            change.Events.Add(new DeliveryEvent { Type = DeliveryEventType.Delivered, MessageId = ids[slot], Status = MessageStates.Sent });
            change.Move(null, new Standing(to.Domain, "other", MessageState.Delivered, 0, now, 1_000), now);
        }

        change.Counters.Relayed = change.Counters.Delivered = ids.Length;
        change.Counters.RelayedBytes = (long)ids.Length * Octets;
        change.Throughput = new MinuteThroughput { Relayed = ids.Length, RelayedBytes = change.Counters.RelayedBytes, Delivered = ids.Length, DeliveredBytes = change.Counters.RelayedBytes };
        if ((await ledger.CommitAsync(partition, change, CancellationToken.None)).Status != CommitStatus.Committed)
            throw new InvalidOperationException($"Rows of {partition.Key} are there already.");
    }

    private Task WaitAsync(int[] numbers, CancellationToken cancellationToken) =>
        waiting.AddAsync(numbers.Select(n => Waiting(n, clock.GetUtcNow() + TimeSpan.FromMinutes(FirstMinute + numbers[0] / PerMinute % Minutes))), cancellationToken);

    private Batch Waiting(int number, DateTimeOffset due) => new()
    {
        Partition = new LogPartition(delivery.Id, number % delivery.Shards),
        Id = string.Create(CultureInfo.InvariantCulture, $"{number:x32}"),
        Pack = "none",
        Lane = Lane.Marketing,
        Count = 1,
        Due = due,
    };
}
