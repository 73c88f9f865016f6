using EnhancedMta.Bounces;

namespace EnhancedMta.BounceMails;

/// <summary>
/// Reads mails that came back: delivery status notifications (RFC 3464) and all the forms that are none, feedback reports (RFC 5965), automatic
/// answers (RFC 3834). Whatever comes, the answer is a result, in time linear to the mail's size and in bounded memory.
/// </summary>
public static class BounceMailReader
{
    private const int MaxWrapping = 4;

    /// <param name="mail">The mail as it arrived. Of more than 64 MB only the beginning is read.</param>
    /// <param name="envelopeRecipient">Where it was sent to (RFC 5321 §3.3), when the receiving server told.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">The stream's own.</exception>
    public static async Task<BounceMail> ReadAsync(Stream mail, string? envelopeRecipient, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mail);
        await using var capped = new CappedMail(mail);
        var scanned = await MailScanner.ScanAsync(capped, cancellationToken).ConfigureAwait(false) ?? Headless(capped);
        return Read(scanned, envelopeRecipient);
    }

    private static BounceMail Read(MailPart mail, string? envelopeRecipient)
    {
        // 1. The report that the mail itself makes. 2. The report that it only wraps. 3. Anything else, guesses included.
        if (Reading.Of(mail, envelopeRecipient).Report() is { } report)
            return report;
        var whole = Reading.Of(mail, envelopeRecipient).Anything();
        var wrapped = mail;
        for (var i = 0; i < MaxWrapping && wrapped.Messages().FirstOrDefault() is { } inner; i++)
        {
            wrapped = inner;
            if (Reading.Of(inner, null).Report() is { } found)
                return found with { Id = whole.Id ?? found.Id, ReturnPaths = [.. whole.ReturnPaths.Union(found.ReturnPaths, StringComparer.OrdinalIgnoreCase)] };
        }
        return whole;
    }

    // No header at all: the whole is taken for the text of a notification.
    private static MailPart Headless(CappedMail mail)
    {
        var part = new MailPart();
        System.Buffers.BuffersExtensions.Write(part.Content, mail.Beginning.Span);
        return part;
    }
}
