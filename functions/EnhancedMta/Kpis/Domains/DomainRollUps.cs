using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Deliveries;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Kpis.Domains;

/// <summary>
/// Counts by recipient domain, of which a delivery may have any number: too many for the counters rows. Each transaction says on its feed page
/// what it changes by domain; here the pages are read in their order, once, and added up in a few rows per delivery.
/// </summary>
/// <remarks>
/// Each row says up to which pages it counts, and changes by ETag: a process may die between any two writes, and two may be at it at once; the
/// next one adds to each row just what that row lacks. The ranking is written last, so what it covers is in all rows.
/// </remarks>
public sealed class DomainRollUps(TableClient table, TableClient log, TimeProvider clock)
{
    /// <summary>Of one delivery's pages so many are added up before the rows are written.</summary>
    private const int PagesPerRound = 20_000;

    private const int BucketsPerShard = 4;

    // An entity group transaction has 4 MiB of text, in which octets take a third more; and 100 operations.
    private const int BytesPerWrite = 2 * 1024 * 1024;
    private const int RowsPerWrite = 99;

    private const int MaxTries = 10;

    /// <summary>This process does the same work only once at a time.</summary>
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>What is counted; null when nothing was yet.</summary>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    internal async Task<DomainRanking?> ReadAsync(string deliveryId, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(deliveryId, DomainRanking.RowKey, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? DomainRanking.Read(row.Value!) : null;
    }

    /// <summary>Counts what is not counted yet.</summary>
    /// <param name="delivery">Whose domains.</param>
    /// <param name="limit">No further round is begun after it.</param>
    /// <param name="cancellationToken">Ends it; what is written is counted.</param>
    /// <exception cref="RequestFailedException">Storage failed; what is written is counted.</exception>
    internal async Task<DomainRanking?> BringUpToDateAsync(Delivery delivery, TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var turn = _turns.GetOrAdd(delivery.Id, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var tries = 0; ;)
            {
                try
                {
                    var (ranking, isMore) = await RoundAsync(delivery, cancellationToken).ConfigureAwait(false);
                    if (!isMore || clock.GetElapsedTime(began) > limit)
                        return ranking;
                }
                catch (RequestFailedException e) when (e.Status is 404 or 409 or 412 && ++tries < MaxTries)
                {
                    // Another process is at it too, or our own answer got lost: see what the rows say now.
                }
            }
        }
        finally
        {
            turn.Release();
            _turns.TryRemove(delivery.Id, out _);
        }
    }

    /// <summary>Every domain with its counts, those of <see cref="BringUpToDateAsync"/>: for recounts.</summary>
    internal async Task<IReadOnlyDictionary<string, DomainTally>> AllAsync(string deliveryId, CancellationToken cancellationToken) =>
        (await LoadAsync(deliveryId, cancellationToken).ConfigureAwait(false)).Buckets.Values.SelectMany(b => b.Domains).ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal);

    private async Task<(DomainRanking? Ranking, bool IsMore)> RoundAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var (now, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        // 1. The rows. 2. The pages after those that all rows count. 3. To each row what it lacks. 4. Write rows, and the ranking last.
        var (known, buckets) = await LoadAsync(delivery.Id, cancellationToken).ConfigureAwait(false);
        var from = known?.UpTo ?? FeedCursor.None;
        var pages = await Task.WhenAll(delivery.Partitions.Select(p => PagesAsync(p, from[p.Shard], PagesPerRound / delivery.Shards, cancellationToken))).ConfigureAwait(false);
        if (pages.All(p => p.Count == 0))
            return (known, false);
        var upTo = FeedCursor.Of(delivery.Shards, shard => pages[shard] is { Count: > 0 } some ? some[^1].Number : from[shard]);
        foreach (var (shard, page) in pages.SelectMany((some, shard) => some.Select(page => (shard, page))))
        {
            foreach (var (domain, tally) in page.Domains)
            {
                var number = (int)(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(domain)) % (uint)(BucketsPerShard * delivery.Shards));
                if (!buckets.TryGetValue(number, out var bucket))
                    buckets[number] = bucket = new DomainBucket(number, from);
                // A row may be ahead: somebody died before the ranking was written.
                if (page.Number > bucket.UpTo[shard])
                    bucket.Add(domain, tally);
            }
        }

        foreach (var bucket in buckets.Values)
            bucket.UpTo = bucket.UpTo.Join(upTo);
        var ranking = DomainRanking.Of(buckets.Values, upTo, now, known?.ETag ?? default) with { Took = clock.GetElapsedTime(began) };
        await WriteAsync(delivery.Id, [.. buckets.Values.Where(b => b.IsChanged)], ranking, cancellationToken).ConfigureAwait(false);
        return (ranking, pages.Any(p => p.Count >= PagesPerRound / delivery.Shards));
    }

    private async Task WriteAsync(string deliveryId, List<DomainBucket> changed, DomainRanking ranking, CancellationToken cancellationToken)
    {
        var actions = new List<TableTransactionAction>();
        var bytes = 0;
        foreach (var bucket in changed)
        {
            if (actions.Count == RowsPerWrite || (actions.Count > 0 && bytes + bucket.Bytes > BytesPerWrite))
            {
                await table.SubmitTransactionAsync(actions, cancellationToken).ConfigureAwait(false);
                actions.Clear();
                bytes = 0;
            }

            actions.Add(bucket.ToAction(deliveryId));
            bytes += bucket.Bytes;
        }

        actions.Add(ranking.ToAction(deliveryId));
        await table.SubmitTransactionAsync(actions, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(DomainRanking? Ranking, Dictionary<int, DomainBucket> Buckets)> LoadAsync(string deliveryId, CancellationToken cancellationToken)
    {
        DomainRanking? ranking = null;
        var buckets = new Dictionary<int, DomainBucket>();
        await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{deliveryId}'", cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (row.RowKey == DomainRanking.RowKey)
                ranking = DomainRanking.Read(row);
            else if (DomainBucket.Read(row) is { } bucket)
                buckets[bucket.Number] = bucket;
        }

        // A row that nothing was added to is not written: it lacks nothing of what the ranking covers.
        if (ranking is not null)
        {
            foreach (var bucket in buckets.Values)
                bucket.UpTo = bucket.UpTo.Join(ranking.UpTo);
        }

        return (ranking, buckets);
    }

    private async Task<List<(long Number, List<(string Domain, DomainTally Tally)> Domains)>> PagesAsync(LogPartition partition, long after, int limit, CancellationToken cancellationToken)
    {
        var pages = new List<(long, List<(string, DomainTally)>)>();
        var query = $"PartitionKey eq '{partition.Key}' and RowKey gt '{LogKeys.Page(after)}' and RowKey lt '{(char)(LogKeys.PagePrefix[0] + 1)}'";
        await foreach (var row in log.QueryAsync<TableEntity>(query, select: ["RowKey", DomainTallies.ColumnName], cancellationToken: cancellationToken).Take(limit).ConfigureAwait(false))
            pages.Add((long.Parse(row.RowKey.AsSpan(LogKeys.PagePrefix.Length), System.Globalization.CultureInfo.InvariantCulture), [.. DomainTallies.Read(row)]));
        return pages;
    }
}
