using System.Globalization;
using System.Text.Json;
using EnhancedMta.Storage;

namespace EnhancedMta.Bounces;

/// <summary>Takes bounce mails and reports in: content as a blob, then a queue message that names it.</summary>
public sealed class BounceIntake(StorageAccount storage, TimeProvider clock)
{
    /// <summary>Largest bounce mail, in octets. A returned message may be as large as what we send.</summary>
    public const int MaxLength = 50 * 1024 * 1024;

    /// <summary>Mails of one mailbox file.</summary>
    public const int MaxMails = 1_000;

    // What one invocation works on within its time, however slow storage is.
    private const int ReportsPerOrder = 100;

    // An asynchronous bounce may come up to a week later; a report that waits longer than that helps nobody.
    private static readonly TimeSpan OrderLifetime = TimeSpan.FromDays(7);

    /// <param name="mail">The mail as it arrived.</param>
    /// <param name="recipient">The envelope recipient, when the caller knows it: our return path.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Our id of the mail; null when it is too large.</returns>
    public async Task<string?> AcceptMailAsync(Stream mail, string? recipient, CancellationToken cancellationToken)
    {
        using var content = await ReadAsync(mail, cancellationToken).ConfigureAwait(false);
        return content is null ? null : await StoreAsync(content, id => new BounceOrder(id, recipient is { Length: <= 320 } ? recipient : null, null), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a mailbox file (RFC 4155) apart and each of its mails in.</summary>
    /// <returns>Our ids of the mails; null when one is too large, or they are too many.</returns>
    /// <exception cref="FormatException">It is no mailbox file.</exception>
    public async Task<IReadOnlyList<string>?> AcceptMailboxAsync(Stream mailbox, CancellationToken cancellationToken)
    {
        // The whole request is to be refused or taken.
        using var content = await ReadAsync(mailbox, cancellationToken).ConfigureAwait(false);
        if (content is null)
            return null;
        var mails = MailboxFile.Split(content.GetBuffer().AsMemory(0, (int)content.Length)).Take(MaxMails + 1).ToList();
        if (mails.Count == 0)
            throw new FormatException("There is no line that begins with \"From \": not a mailbox file (RFC 4155).");
        if (mails.Count > MaxMails)
            return null;
        var ids = new List<string>(mails.Count);
        foreach (var mail in mails)
        {
            using var one = new MemoryStream(mail.ToArray());
            ids.Add(await StoreAsync(one, id => new BounceOrder(id, null, null), cancellationToken).ConfigureAwait(false));
        }
        return ids;
    }

    /// <summary>Takes reports in that were read and verified.</summary>
    public async Task AcceptReportsAsync(IReadOnlyList<BounceReport> reports, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reports);
        foreach (var chunk in reports.Chunk(ReportsPerOrder))
        {
            using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(chunk, BounceJson.Default.IReadOnlyListBounceReport));
            await StoreAsync(content, id => new BounceOrder(null, null, id), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<MemoryStream?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (content.Length + count > MaxLength)
                return null;
            content.Write(buffer, 0, count);
        }
        return content;
    }

    // Dying between the two leaves a blob without a message; the caller got no answer and sends it again.
    private async Task<string> StoreAsync(MemoryStream content, Func<string, BounceOrder> order, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd}/{Guid.CreateVersion7(now):N}");
        content.Position = 0;
        await storage.BounceMails.GetBlobClient(id).UploadAsync(content, overwrite: true, cancellationToken).ConfigureAwait(false);
        await storage.Bounces.SendMessageAsync(JsonSerializer.Serialize(order(id), BounceJson.Default.BounceOrder), null, OrderLifetime, cancellationToken).ConfigureAwait(false);
        return id;
    }
}
