using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Packs;

/// <summary>Packs as blobs, named <c>{deliveryId}/{batchId}</c>. Written once, before anything points to them; removed by age. Only an erasure writes one again.</summary>
public sealed class PackStore(BlobContainerClient container)
{
    private const string Emptied = "erased";

    private const int TimeDigits = 12;

    // Of the year 9999.
    private const long LastMillisecond = 253_402_300_799_999;

    public static string Name(string deliveryId, string batchId) => $"{deliveryId}/{batchId}";

    /// <summary>When the pack was made: batch ids begin with it (RFC 9562 §5.7). Null for a name that is not ours.</summary>
    public static DateTimeOffset? TimeOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var id = name.AsSpan(name.LastIndexOf('/') + 1);
        return id.Length == 32 && long.TryParse(id[..TimeDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, LastMillisecond)) : null;
    }

    /// <summary>How the names begin of packs that a delivery got at a moment.</summary>
    public static string PrefixOf(string deliveryId, DateTimeOffset received) =>
        string.Create(CultureInfo.InvariantCulture, $"{deliveryId}/{received.ToUnixTimeMilliseconds():x12}");

    public async Task WriteAsync(string name, BinaryData pack, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).UploadAsync(pack, overwrite: true, cancellationToken).ConfigureAwait(false);

    /// <returns>Null when the pack is gone. The caller ends it.</returns>
    /// <exception cref="InvalidDataException">The blob is damaged.</exception>
    public async Task<Pack?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await container.GetBlobClient(name).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            using var phase = Phases.Compute(Phases.Fetch, isAll: false);
            return PackFormat.Read(blob.Value.Content.ToMemory().Span);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Packs that a delivery got at a moment: one, or a few.</summary>
    public async IAsyncEnumerable<string> NamesAsync(string deliveryId, DateTimeOffset received, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, PrefixOf(deliveryId, received), cancellationToken).ConfigureAwait(false))
            yield return blob.Name;
    }

    /// <summary>Takes content and recipient of some messages out of a pack. All others stay where they are, under the same numbers.</summary>
    /// <returns>False when there is nothing to take out.</returns>
    public async Task<bool> EmptyAsync(string name, Func<PackItem, bool> which, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(which);
        while (true)
        {
            try
            {
                var blob = container.GetBlobClient(name);
                var stored = await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
                using var pack = PackFormat.Read(stored.Value.Content.ToMemory().Span);
                if (!pack.Header.Items.Any(item => which(item) && item.LocalPart != Emptied))
                    return false;
                using var writer = new PackWriter();
                for (var i = 0; i < pack.Header.Items.Count; i++)
                    writer.Add(which(pack.Header.Items[i]) ? [] : pack.Content(i).Span);
                var header = pack.Header with { Items = [.. pack.Header.Items.Select(item => which(item) ? item with { LocalPart = Emptied, Length = 0 } : item)] };
                await blob.UploadAsync(writer.Finish(header), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfMatch = stored.Value.Details.ETag } }, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                return false;
            }
            catch (RequestFailedException e) when (e.Status == 412)
            {
                // Another worker emptied something else of it.
            }
        }
    }
}
