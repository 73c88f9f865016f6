using EnhancedMta.Ingestion;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Bounces;

/// <summary>What a mail that came back tells by itself about the message that it is about, without a look into the log.</summary>
public static class ReportedIds
{
    /// <summary>
    /// By a return path that we signed; it names the delivery by a hash only, so a Message-ID that agrees with it gives the rest. A Message-ID alone
    /// counts when it bears our seal, or when its domain is one that we send for: other programs' have the same form.
    /// </summary>
    /// <param name="mail">As read.</param>
    /// <param name="returnPaths">With our keys; null when they are not at hand.</param>
    /// <param name="senderDomains">Domains that we send for, those below them included.</param>
    /// <returns>Null for each that is not told.</returns>
    public static (string? DeliveryId, string? MessageId) Of(BounceMail mail, ReturnPathCodec? returnPaths, IReadOnlyList<string> senderDomains)
    {
        ArgumentNullException.ThrowIfNull(mail);
        ArgumentNullException.ThrowIfNull(senderDomains);
        ReturnPath? path = null;
        var isOurs = returnPaths is not null && mail.ReturnPaths.Any(address => returnPaths.TryDecode(address, out path));
        if (!MessageIdentity.TryRead(mail.OriginalMessageId, out var deliveryId, out var messageId, out var seal))
            return (null, path?.MessageId);
        if (isOurs && path is not null)
            return ReturnPathCodec.DeliveryKey(deliveryId) == path.DeliveryKey && ReturnPathCodec.MessageKey(messageId) == path.MessageKey
                ? (deliveryId, messageId) : (null, path.MessageId);
        return returnPaths?.IsSeal(seal, deliveryId, messageId) == true || senderDomains.Any(domain => IsIn(mail.OriginalMessageId, domain)) ? (deliveryId, messageId) : (null, null);
    }

    private static bool IsIn(ReadOnlySpan<char> messageId, ReadOnlySpan<char> domain)
    {
        var host = messageId[(messageId.LastIndexOf('@') + 1)..].TrimEnd('>');
        return host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');
    }
}
