using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Egresses;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.Paths;

/// <summary>
/// Paths with which no session can be had, and until when they are left alone. Kept in a table, so that every instance leaves
/// them alone; only such paths have a row, so one small query now and then tells it all.
/// </summary>
public sealed class PathBackoff(TableClient table, TimeProvider clock, Random random) : IDisposable
{
    private const string Partition = "held";

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(10);

    // Minutes, not days: an MX that is back should not wait for us long (research, §3 no. 21).
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, HeldPath> _held = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private DateTimeOffset _refreshed = DateTimeOffset.MinValue;

    /// <summary>The path's entry while it is to be left alone; null when it may be used.</summary>
    public async Task<HeldPath?> FindHeldAsync(Egress egress, Site site, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return Find(egress, site);
    }

    /// <summary>The same without looking into the table: for between two messages of a batch.</summary>
    public HeldPath? Find(Egress egress, Site site) =>
        _held.TryGetValue(Key(egress, site), out var path) && path.Until > clock.GetUtcNow() ? path : null;

    /// <summary>No session could be had. The wait doubles with each failure after a wait was over.</summary>
    /// <returns>The path's entry now.</returns>
    public async Task<HeldPath> FailedAsync(Egress egress, Site site, AttemptResult result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        var key = Key(egress, site);
        var now = clock.GetUtcNow();
        // Twenty connections fail at the same moment: that is one failure.
        if (_held.TryGetValue(key, out var known) && known.Until > now)
            return known;
        var failures = (known?.Failures ?? 0) + 1;
        var wait = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 10)));
        var path = new HeldPath(site.Name, now + wait * (1 + 0.1 * random.NextDouble()), failures, result.Error?.ToString(), result.Reply?.ToString());
        if (known is null ? !_held.TryAdd(key, path) : !_held.TryUpdate(key, path, known))
            return _held[key];
        await table.UpsertEntityAsync(path.ToRow(Partition, key), TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
        return path;
    }

    /// <summary>A session worked: the path's failures are forgotten.</summary>
    public async Task WorkedAsync(Egress egress, Site site, CancellationToken cancellationToken)
    {
        var key = Key(egress, site);
        if (_held.TryRemove(key, out _))
            await table.DeleteEntityAsync(Partition, key, ETag.All, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _refreshing.Dispose();

    private static string Key(Egress egress, Site site) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{egress.PublicId}~{site.Key}");

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - _refreshed < RefreshInterval)
            return;
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (clock.GetUtcNow() - _refreshed < RefreshInterval)
                return;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                seen.Add(row.RowKey);
                _held[row.RowKey] = HeldPath.Read(row);
            }

            foreach (var key in _held.Keys.Where(k => !seen.Contains(k)))
                _held.TryRemove(key, out _);
            _refreshed = clock.GetUtcNow();
        }
        finally
        {
            _refreshing.Release();
        }
    }
}
