using Azure;
using Azure.Data.Tables;
using EnhancedMta.Addresses;
using EnhancedMta.Copies;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Erasures;

/// <summary>Erases one recipient from one delivery: feed pages and packs first, the rows last, for they are how the others are found.</summary>
internal sealed class LogErasing(StorageAccount storage, PackStore packs, LogLedger ledger)
{
    private const int RowsAtOnce = 50;

    public async Task<Erasure> EraseAsync(Erasure erasure, Delivery delivery, EmailAddress address, CancellationToken cancellationToken)
    {
        foreach (var partition in delivery.Partitions)
        {
            var final = new List<TableEntity>();
            await foreach (var row in FindAsync(partition, address, cancellationToken).ConfigureAwait(false))
            {
                if (OpenUntil(MessageRow.Read(row)) is { } until)
                    erasure = erasure.Waits(until);
                else
                    final.Add(row);
            }

            if (final.Count == 0)
                continue;
            var ids = final.Select(row => row.RowKey[LogKeys.MessagePrefix.Length..]).ToHashSet(StringComparer.Ordinal);
            erasure = erasure with { FeedPages = erasure.FeedPages + await PagesAsync(partition, ids, cancellationToken).ConfigureAwait(false) };
            erasure = erasure with { Packs = erasure.Packs + await PacksAsync(delivery.Id, final, ids, cancellationToken).ConfigureAwait(false) };
            foreach (var rows in final.Chunk(RowsAtOnce))
                erasure = erasure with { Messages = erasure.Messages + await RowsAsync(partition, rows, cancellationToken).ConfigureAwait(false) };
        }

        return erasure;
    }

    // Azure's tables compare letter by letter, and nobody knows how Campaign wrote the local part: the domain is asked for, the rest looked at here.
    private async IAsyncEnumerable<TableEntity> FindAsync(LogPartition partition, EmailAddress address, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = $"{LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix)} and {nameof(MessageRow.Domain)} eq '{LogKeys.Quote(address.Domain)}'";
        var keys = storage.Log.QueryAsync<TableEntity>(filter, select: ["RowKey", nameof(MessageRow.To)], cancellationToken: cancellationToken);
        await foreach (var found in keys.ConfigureAwait(false))
        {
            if (!string.Equals(found.GetString(nameof(MessageRow.To)), address.ToString(), StringComparison.OrdinalIgnoreCase))
                continue;
            var row = await storage.Log.GetEntityIfExistsAsync<TableEntity>(partition.Key, found.RowKey, null, cancellationToken).ConfigureAwait(false);
            if (row.HasValue)
                yield return row.Value!;
        }
    }

    private static DateTimeOffset? OpenUntil(MessageRow message) =>
        !message.State.IsFinal() ? message.Expires
        : message.Copy == CopyState.Waiting ? message.Received + CopyOptions.Validity
        : null;

    private async Task<int> RowsAsync(LogPartition partition, TableEntity[] rows, CancellationToken cancellationToken)
    {
        var change = new LogChange();
        change.MessageUpdates.AddRange(rows.Select(ErasedRow.Of));
        if ((await ledger.CommitAsync(partition, change, cancellationToken).ConfigureAwait(false)).Status == CommitStatus.Committed)
            return rows.Length;
        // One of them changed since it was read, or was purged: each alone, as it is now.
        var erased = 0;
        foreach (var row in rows)
        {
            while (await storage.Log.GetEntityIfExistsAsync<TableEntity>(partition.Key, row.RowKey, null, cancellationToken).ConfigureAwait(false) is { HasValue: true } now)
            {
                var alone = new LogChange { MessageUpdates = { ErasedRow.Of(now.Value!) } };
                if ((await ledger.CommitAsync(partition, alone, cancellationToken).ConfigureAwait(false)).Status != CommitStatus.Committed)
                    continue;
                erased++;
                break;
            }
        }

        return erased;
    }

    // Nobody else changes a page once it is written. Its transaction's name stays: it may still have to prove that it took place.
    private async Task<int> PagesAsync(LogPartition partition, HashSet<string> ids, CancellationToken cancellationToken)
    {
        var changed = 0;
        await foreach (var page in storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.PagePrefix), cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (FeedPage.Without(page, e => ids.Contains(e.MessageId), e => e with { Address = null, Reply = ErasedRow.Code(e.Reply) }) is not { } erased)
                continue;
            try
            {
                await storage.Log.UpdateEntityAsync(erased, page.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                changed++;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                // Purged, or erased by another worker at the same moment.
            }
        }

        return changed;
    }

    private async Task<int> PacksAsync(string deliveryId, List<TableEntity> rows, HashSet<string> ids, CancellationToken cancellationToken)
    {
        var changed = 0;
        foreach (var received in rows.Select(row => row.GetDateTimeOffset(nameof(MessageRow.Received)) ?? default).Distinct())
        {
            await foreach (var name in packs.NamesAsync(deliveryId, received, cancellationToken).ConfigureAwait(false))
                changed += await packs.EmptyAsync(name, item => ids.Contains(item.MessageId), cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        return changed;
    }
}
