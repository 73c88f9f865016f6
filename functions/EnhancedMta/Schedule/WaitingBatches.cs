using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Schedule;

/// <summary>
/// Pointers by time: to batches that wait for their next attempt, and to partitions that somebody must look after. A pointer is
/// written before what it points to and removed after it was followed, so a crash leaves one too many, never one too few.
/// </summary>
public sealed class WaitingBatches
{
    private const string RetryPrefix = "retry~";
    private const string GuardPrefix = "guard~";
    private const string HeldPrefix = "held~";
    private const string LaneName = "Lane";
    private const string CountName = "Count";
    private const int MaxActions = 100;

    private readonly TableClient _schedule;
    private readonly PointerCompany _company;

    public WaitingBatches(TableClient schedule)
    {
        _schedule = schedule;
        _company = new PointerCompany(rows => WriteAsync(TableTransactionActionType.UpsertReplace, rows, CancellationToken.None));
    }

    /// <summary>Points to batches that become due. The minute is rounded up: a batch may be late by a minute, never early.</summary>
    /// <exception cref="RequestFailedException">Storage failed; some may be pointed to.</exception>
    public async Task AddAsync(IEnumerable<Batch> batches, CancellationToken cancellationToken)
    {
        foreach (var bucket in Pointers(batches))
            await WriteAsync(TableTransactionActionType.UpsertReplace, bucket, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same for batches that nobody waits for: what else is to be pointed to in the same minutes goes in the same transactions.</summary>
    /// <exception cref="RequestFailedException">Storage failed; some may be pointed to.</exception>
    public Task AddTogetherAsync(IEnumerable<Batch> batches) => Task.WhenAll(Pointers(batches).Select(bucket => _company.WriteAsync(bucket.Key, [.. bucket])));

    private static IEnumerable<IGrouping<string, TableEntity>> Pointers(IEnumerable<Batch> batches) => batches
        .Select(b => new TableEntity(RetryPrefix + Bucket(b.Due!.Value), $"{b.Partition.Key}~{b.Id}") { [LaneName] = b.Lane.ToString(), [CountName] = b.Count })
        .GroupBy(row => row.PartitionKey);

    /// <summary>Points to a batch that is held while nobody sends.</summary>
    public async Task HoldAsync(Lane lane, BatchOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var row = new TableEntity(HeldPrefix + lane, $"{order.Partition}~{order.BatchId}") { [LaneName] = lane.ToString() };
        await _schedule.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every batch of a lane that is held.</summary>
    public IAsyncEnumerable<SchedulePointer> HeldAsync(Lane lane, CancellationToken cancellationToken) =>
        _schedule.QueryAsync<TableEntity>($"PartitionKey eq '{HeldPrefix + lane}'", cancellationToken: cancellationToken)
            .Select(row => new SchedulePointer(row.PartitionKey, row.RowKey, lane));

    /// <summary>Points to partitions that have, or are about to have, batches. Those of the same minute cost one operation.</summary>
    /// <exception cref="RequestFailedException">Storage failed; some may be pointed to.</exception>
    public async Task GuardAsync(IEnumerable<(LogPartition Partition, DateTimeOffset Due)> guards, CancellationToken cancellationToken)
    {
        foreach (var bucket in guards.Select(g => new TableEntity(GuardPrefix + Bucket(g.Due), g.Partition.Key)).DistinctBy(row => (row.PartitionKey, row.RowKey)).GroupBy(row => row.PartitionKey))
        {
            if (bucket.ToList() is [var single])
                await _schedule.UpsertEntityAsync(single, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            else
                await WriteAsync(TableTransactionActionType.UpsertReplace, bucket, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Every retry pointer whose minute has come, oldest first; left behind ones too.</summary>
    public IAsyncEnumerable<SchedulePointer> DueRetriesAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        DueAsync(RetryPrefix, now, cancellationToken);

    /// <summary>Every guard pointer whose minute has come.</summary>
    public IAsyncEnumerable<SchedulePointer> DueGuardsAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        DueAsync(GuardPrefix, now, cancellationToken);

    /// <summary>The earliest moment that a batch waits for; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextRetryAsync(CancellationToken cancellationToken)
    {
        await foreach (var pointer in DueAsync(RetryPrefix, DateTimeOffset.MaxValue.AddDays(-1), cancellationToken).ConfigureAwait(false))
            return DateTimeOffset.ParseExact(pointer.Bucket[RetryPrefix.Length..], BucketFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return null;
    }

    /// <summary>Removes pointers that were followed. Those that are gone already don't matter.</summary>
    public async Task RemoveAsync(IReadOnlyList<SchedulePointer> pointers, CancellationToken cancellationToken)
    {
        foreach (var bucket in pointers.GroupBy(p => p.Bucket))
            await WriteAsync(TableTransactionActionType.Delete, bucket.Select(p => new TableEntity(p.Bucket, p.RowKey) { ETag = ETag.All }), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the pointers of <see cref="AddAsync"/>.</summary>
    public Task RemoveAsync(IEnumerable<Batch> batches, CancellationToken cancellationToken) =>
        RemoveAsync([.. batches.Select(b => new SchedulePointer(RetryPrefix + Bucket(b.Due!.Value), $"{b.Partition.Key}~{b.Id}", b.Lane))], cancellationToken);

    private const string BucketFormat = "yyyyMMddHHmm";

    /// <summary>The minute at or after <paramref name="time"/>.</summary>
    private static string Bucket(DateTimeOffset time)
    {
        var ticks = time.UtcTicks + TimeSpan.TicksPerMinute - 1;
        return new DateTime(ticks - ticks % TimeSpan.TicksPerMinute, DateTimeKind.Utc).ToString(BucketFormat, CultureInfo.InvariantCulture);
    }

    private async IAsyncEnumerable<SchedulePointer> DueAsync(string prefix, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var until = prefix + now.UtcDateTime.ToString(BucketFormat, CultureInfo.InvariantCulture);
        var rows = _schedule.QueryAsync<TableEntity>($"PartitionKey ge '{prefix}' and PartitionKey le '{until}'", cancellationToken: cancellationToken);
        await foreach (var row in rows.ConfigureAwait(false))
            yield return new SchedulePointer(row.PartitionKey, row.RowKey, Enum.TryParse<Lane>(row.GetString(LaneName), out var lane) ? lane : Lane.Marketing, row.GetInt32(CountName) ?? Batch.MaxMessages);
    }

    private async Task WriteAsync(TableTransactionActionType action, IEnumerable<TableEntity> rows, CancellationToken cancellationToken)
    {
        foreach (var chunk in rows.Chunk(MaxActions))
        {
            try
            {
                await _schedule.SubmitTransactionAsync(chunk.Select(r => new TableTransactionAction(action, r, ETag.All)), cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException e) when (action == TableTransactionActionType.Delete && e.Status == 404)
            {
                // Another instance removed some of them: one by one then, which forgives.
                foreach (var row in chunk)
                    await _schedule.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
