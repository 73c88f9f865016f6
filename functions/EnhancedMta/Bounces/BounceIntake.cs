using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using EnhancedMta.Storage;

namespace EnhancedMta.Bounces;

/// <summary>Takes bounce mails in: the mail as a blob, then a queue message that names it.</summary>
public sealed class BounceIntake(StorageAccount storage, TimeProvider clock)
{
    public const string DsnSource = "dsn";

    /// <summary>Largest bounce mail, in octets. A returned message may be as large as what we send.</summary>
    public const int MaxLength = 30 * 1024 * 1024;

    /// <param name="mail">The mail as it arrived.</param>
    /// <param name="recipient">The envelope recipient, when the caller knows it: our return path.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Our id of the mail; null when it is too large.</returns>
    public async Task<string?> AcceptAsync(Stream mail, string? recipient, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await mail.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (content.Length + count > MaxLength)
                return null;
            content.Write(buffer, 0, count);
        }

        // Dying between the two leaves a blob without a message; the caller got no answer and sends the mail again.
        var id = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd}/{Guid.CreateVersion7(clock.GetUtcNow()):N}");
        content.Position = 0;
        await storage.BounceMails.GetBlobClient(id).UploadAsync(content, overwrite: true, cancellationToken).ConfigureAwait(false);
        var order = new BounceOrder(id, recipient is { Length: <= 320 } ? recipient : null);
        await storage.Bounces.SendMessageAsync(JsonSerializer.Serialize(order, BounceJson.Default.BounceOrder), null, TimeSpan.FromDays(7), cancellationToken).ConfigureAwait(false);
        return id;
    }
}

/// <param name="Mail">Name of the blob.</param>
/// <param name="Recipient">Envelope recipient, when known.</param>
public sealed record BounceOrder([property: JsonPropertyName("mail")] string Mail, [property: JsonPropertyName("recipient")] string? Recipient);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BounceOrder))]
internal sealed partial class BounceJson : JsonSerializerContext;
