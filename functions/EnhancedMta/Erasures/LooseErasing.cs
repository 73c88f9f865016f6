using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Addresses;
using EnhancedMta.Ingestion;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Erasures;

/// <summary>Erases a recipient from what is of no delivery's log: bounce mails that wait, and answers that told what was wrong with the address.</summary>
internal sealed class LooseErasing(StorageAccount storage, TimeProvider clock)
{
    /// <summary>A bounce mail is worked on within moments, and deleted then. What is still there after so long was put aside.</summary>
    private static readonly TimeSpan PutAside = TimeSpan.FromHours(1);

    public async Task<Erasure> EraseAsync(Erasure erasure, EmailAddress address, CancellationToken cancellationToken)
    {
        erasure = await BounceMailsAsync(erasure, address, cancellationToken).ConfigureAwait(false);
        return erasure with { Answers = erasure.Answers + await AnswersAsync(address, cancellationToken).ConfigureAwait(false) };
    }

    private async Task<Erasure> BounceMailsAsync(Erasure erasure, EmailAddress address, CancellationToken cancellationToken)
    {
        await foreach (var blob in storage.BounceMails.GetBlobsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var mail = storage.BounceMails.GetBlobClient(blob.Name);
            try
            {
                var content = await mail.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
                if (!Encoding.UTF8.GetString(content.Value.Content.ToMemory().Span).Contains(address.ToString(), StringComparison.OrdinalIgnoreCase))
                    continue;
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                continue;
            }

            // It is named as packs are. A young one is still to change the log, and its message.
            if (PackStore.TimeOf(blob.Name) + PutAside is { } aside && aside > clock.GetUtcNow())
            {
                erasure = erasure.Waits(aside);
                continue;
            }

            await mail.DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            erasure = erasure with { BounceMails = erasure.BounceMails + 1 };
        }

        return erasure;
    }

    private async Task<int> AnswersAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var changed = 0;
        await foreach (var row in storage.Requests.QueryAsync<TableEntity>(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (row.GetBinary(IdempotencyKeys.Answer) is not { } answer || Without(answer, address) is not { } erased)
                continue;
            row[IdempotencyKeys.Answer] = erased;
            try
            {
                await storage.Requests.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                changed++;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                // Purged, or erased by another worker at the same moment.
            }
        }

        return changed;
    }

    // As it is, and as JSON may have written it.
    private static byte[]? Without(byte[] answer, EmailAddress address)
    {
        var text = Encoding.UTF8.GetString(answer);
        var erased = text.Replace(address.ToString(), MessageRow.Erased, StringComparison.OrdinalIgnoreCase)
            .Replace(JsonEncodedText.Encode(address.ToString()).ToString(), MessageRow.Erased, StringComparison.OrdinalIgnoreCase);
        return erased == text ? null : Encoding.UTF8.GetBytes(erased);
    }
}
