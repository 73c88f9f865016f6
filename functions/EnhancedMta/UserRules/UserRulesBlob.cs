using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace EnhancedMta.UserRules;

/// <summary>A user's rules in a blob, told from others by its ETag.</summary>
/// <param name="blob">Need not exist.</param>
public sealed class UserRulesBlob(BlobClient blob) : IUserRulesSource
{
    public string Kind => "blob";

    public string Name => $"{blob.BlobContainerName}/{blob.Name}";

    /// <inheritdoc/>
    /// <exception cref="RequestFailedException">Storage does not answer.</exception>
    public async Task<UserRulesLook> LookAsync(string? known, CancellationToken cancellationToken)
    {
        try
        {
            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            var stamp = properties.ETag.ToString();
            if (stamp == known)
                return new UserRulesLook(known, null);
            // A range of nothing cannot be asked for.
            if (properties.ContentLength == 0)
                return new UserRulesLook(stamp, ReadOnlyMemory<byte>.Empty);
            var options = new BlobDownloadOptions
            {
                Range = new HttpRange(0, Math.Min(properties.ContentLength, RuleDocument.MaxLength + 1L)),
                Conditions = new BlobRequestConditions { IfMatch = properties.ETag },
            };
            var content = await blob.DownloadContentAsync(options, cancellationToken).ConfigureAwait(false);
            return new UserRulesLook(stamp, content.Value.Content.ToMemory());
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return UserRulesLook.None;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // Written since the question: the next look sees it.
            return new UserRulesLook(known, null);
        }
    }
}
