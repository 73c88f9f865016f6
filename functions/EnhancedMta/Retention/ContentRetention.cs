using System.Globalization;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using EnhancedMta.Deliveries;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Retention;

/// <summary>Purges packs and bounce mails by age. A pack that an open batch names stays, however old: what maintenance holds may be.</summary>
internal sealed class ContentRetention(StorageAccount storage, RetentionOptions options, TimeProvider clock)
{
    private const int Parallel = 8;

    // So many are deleted between two looks at the time.
    private const int Chunk = 100;

    /// <returns>False when time ran out first.</returns>
    public async Task<bool> PurgePacksAsync(Delivery delivery, TimeBox box, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Content;
        // No pack is older than the declaration.
        if (delivery.Declared > before)
            return true;
        HashSet<string>? open = null;
        // Names are ordered by time: the first that is young ends it.
        var old = storage.Packs.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{delivery.Id}/", cancellationToken)
            .TakeWhile(blob => PackStore.TimeOf(blob.Name) is not { } made || made < before)
            .Where(blob => PackStore.TimeOf(blob.Name) is not null)
            .Select(blob => blob.Name);
        await foreach (var names in old.Chunk(Chunk).ConfigureAwait(false))
        {
            open ??= await OpenPacksAsync(delivery, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(storage.Packs, "pack", names.Where(name => !open.Contains(name)), cancellationToken).ConfigureAwait(false);
            if (names.Length == Chunk && box.IsOver)
                return false;
        }

        return true;
    }

    /// <returns>False when time ran out first.</returns>
    public async Task<bool> PurgeBounceMailsAsync(TimeBox box, CancellationToken cancellationToken)
    {
        // Named by day.
        var day = (clock.GetUtcNow() - options.Content).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var old = storage.BounceMails.GetBlobsAsync(cancellationToken: cancellationToken).Select(blob => blob.Name).TakeWhile(name => string.CompareOrdinal(name, day) < 0);
        await foreach (var names in old.Chunk(Chunk).ConfigureAwait(false))
        {
            await DeleteAsync(storage.BounceMails, "bounce-mail", names, cancellationToken).ConfigureAwait(false);
            if (names.Length == Chunk && box.IsOver)
                return false;
        }

        return true;
    }

    private async Task<HashSet<string>> OpenPacksAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var partition in delivery.Partitions)
        {
            await foreach (var batch in storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.BatchPrefix), select: ["Pack"], cancellationToken: cancellationToken).ConfigureAwait(false))
                open.Add(batch.GetString("Pack"));
        }

        return open;
    }

    private static async Task DeleteAsync(BlobContainerClient container, string kind, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (name, token) =>
        {
            if (await container.DeleteBlobIfExistsAsync(name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: token).ConfigureAwait(false))
                Interlocked.Increment(ref deleted);
        }).ConfigureAwait(false);
        RetentionMetrics.Count(kind, deleted);
    }
}
