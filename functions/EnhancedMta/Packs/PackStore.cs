using Azure;
using Azure.Storage.Blobs;

namespace EnhancedMta.Packs;

/// <summary>Packs as blobs, named <c>{deliveryId}/{batchId}</c>. Written once, before anything points to them; removed by age.</summary>
public sealed class PackStore(BlobContainerClient container)
{
    public static string Name(string deliveryId, string batchId) => $"{deliveryId}/{batchId}";

    public async Task WriteAsync(string name, BinaryData pack, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).UploadAsync(pack, overwrite: true, cancellationToken).ConfigureAwait(false);

    /// <returns>Null when the pack is gone. The caller ends it.</returns>
    /// <exception cref="InvalidDataException">The blob is damaged.</exception>
    public async Task<Pack?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await container.GetBlobClient(name).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            return PackFormat.Read(blob.Value.Content.ToMemory().Span);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
