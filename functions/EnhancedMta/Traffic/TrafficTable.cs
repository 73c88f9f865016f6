using System.Globalization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Traffic;

/// <summary>
/// Minutes by hour: a row for each log partition or path and process that had to do with it. A row has one writer, and holds all that it knows
/// of the hour, so that writing it again changes nothing.
/// </summary>
/// <remarks>
/// Of a partition's minute the row with the latest change counts; of a path's the sum of all. Once an hour is past, its sum is kept as a row of
/// its own; who still writes to that hour later takes the sum away in the same transaction, and it is made anew.
/// </remarks>
public sealed class TrafficTable(TableClient table, TimeProvider clock)
{
    private const string LogPrefix = "l~";
    private const string PathPrefix = "p~";
    private const string TotalKey = "total";
    private const string Minutes = "Minutes";
    private const string Of = "Of";
    private const int MaxRows = 99;

    /// <summary>From then on somebody may have summed an hour up.</summary>
    private static readonly TimeSpan MayBeSummed = TimeSpan.FromMinutes(30);

    /// <summary>Long after <see cref="MayBeSummed"/>: what was written without a look at the sum has arrived.</summary>
    private static readonly TimeSpan IsPast = TimeSpan.FromHours(1);

    internal static string LogKey(LogPartition partition) => LogPrefix + partition.Key;

    internal static string PathKey(string path) => PathPrefix + path;

    /// <summary>Of the hours before a time, for those who purge.</summary>
    internal static string FilterBefore(DateTimeOffset time) => $"PartitionKey lt '{Partition(time)}'";

    /// <exception cref="RequestFailedException">Storage failed; the same rows again are safe.</exception>
    internal async Task WriteAsync(IEnumerable<TrafficRow> rows, string process, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var hour in rows.GroupBy(r => r.Hour))
        {
            foreach (var some in hour.Chunk(MaxRows))
            {
                var actions = some.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, new TableEntity(Partition(hour.Key), $"{row.Key}~{process}")
                {
                    [Of] = row.Key,
                    [Minutes] = row.Minutes,
                }));
                if (hour.Key + TimeSpan.FromHours(1) + MayBeSummed < now)
                    actions = actions.Append(new TableTransactionAction(TableTransactionActionType.UpsertReplace, new TableEntity(Partition(hour.Key), TotalKey)));
                await table.SubmitTransactionAsync(actions, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The whole instance's minutes of an hour.</summary>
    internal async Task<IEnumerable<MinuteThroughput>> AllAsync(DateTimeOffset hour, CancellationToken cancellationToken)
    {
        if (hour + TimeSpan.FromHours(1) + IsPast > clock.GetUtcNow())
            return (await SumAsync(hour, cancellationToken).ConfigureAwait(false)).Minutes;
        var known = await table.GetEntityIfExistsAsync<TableEntity>(Partition(hour), TotalKey, null, cancellationToken).ConfigureAwait(false);
        if (known.HasValue && known.Value!.GetBinary(Minutes) is { } minutes)
            return TrafficHour.Parse(hour, minutes).Minutes;
        var sum = await SumAsync(hour, cancellationToken).ConfigureAwait(false);
        var total = new TableEntity(Partition(hour), TotalKey) { [Minutes] = sum.ToBytes() };
        try
        {
            // Only if nobody wrote to the hour since its rows were read.
            if (known.HasValue)
                await table.UpdateEntityAsync(total, known.Value!.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            else
                await table.AddEntityAsync(total, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // Somebody did, or summed it up first.
        }

        return sum.Minutes;
    }

    /// <summary>A path's minutes of an hour.</summary>
    internal async Task<IEnumerable<MinuteThroughput>> PathAsync(string path, DateTimeOffset hour, CancellationToken cancellationToken)
    {
        var minutes = new List<MinuteThroughput>();
        await foreach (var row in RowsAsync(hour, PathKey(path) + "~", cancellationToken).ConfigureAwait(false))
        {
            // Another path's key may begin with this one's.
            if (row.GetString(Of) == PathKey(path))
                minutes.AddRange(TrafficHour.Parse(hour, row.GetBinary(Minutes)).Minutes);
        }

        return minutes;
    }

    /// <summary>Removes hours before this one.</summary>
    internal async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var query = table.QueryAsync<TableEntity>($"PartitionKey lt '{Partition(before)}'", select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken);
        var old = await query.ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var hour in old.GroupBy(row => row.PartitionKey))
        {
            foreach (var some in hour.Chunk(MaxRows))
            {
                try
                {
                    await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellationToken).ConfigureAwait(false);
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // Another process is at it.
                }
            }
        }
    }

    private async Task<TrafficHour> SumAsync(DateTimeOffset hour, CancellationToken cancellationToken)
    {
        var partitions = new Dictionary<string, TrafficHour>(StringComparer.Ordinal);
        await foreach (var row in RowsAsync(hour, LogPrefix, cancellationToken).ConfigureAwait(false))
        {
            var told = TrafficHour.Parse(hour, row.GetBinary(Minutes));
            if (!partitions.TryAdd(row.GetString(Of), told))
                partitions[row.GetString(Of)].Merge(told);
        }

        var sum = new TrafficHour();
        foreach (var minute in partitions.Values.SelectMany(p => p.Minutes))
            sum.Add(minute);
        return sum;
    }

    private AsyncPageable<TableEntity> RowsAsync(DateTimeOffset hour, string prefix, CancellationToken cancellationToken) =>
        table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition(hour)}' and RowKey ge '{LogKeys.Quote(prefix)}' and RowKey lt '{LogKeys.Quote(prefix)}\x7f'", cancellationToken: cancellationToken);

    private static string Partition(DateTimeOffset hour) => hour.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
}
