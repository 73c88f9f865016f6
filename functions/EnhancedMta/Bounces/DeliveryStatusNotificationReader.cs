using MimeKit;

namespace EnhancedMta.Bounces;

/// <summary>Reads bounce mails of the standard form (RFC 3462, RFC 3464, RFC 6533). Whatever comes, the answer is a result.</summary>
public static class DeliveryStatusNotificationReader
{
    private const int MaxDepth = 32;
    private const int MaxParts = 200;
    private const int MaxSentTo = 20;

    private static readonly string[] SentToFields = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"];

    /// <summary>Reads a mail, whose size the caller bounds; <paramref name="envelopeRecipient"/> is where it was sent to, when the receiving server told us.</summary>
    /// <exception cref="IOException">The stream's own.</exception>
    public static async Task<DeliveryStatusReading> ReadAsync(Stream mail, string? envelopeRecipient, CancellationToken cancellationToken)
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = MaxDepth;
        List<string> sentTo = envelopeRecipient is null ? [] : [envelopeRecipient];
        try
        {
            using var message = await MimeMessage.LoadAsync(options, mail, cancellationToken);
            AddSentTo(message, sentTo);
            return Read(message, sentTo);
        }
        // The parser is not ours and its input is anyone's.
        catch (Exception e) when (e is not (OperationCanceledException or IOException or OutOfMemoryException))
        {
            return new DeliveryStatusReading(null, "it cannot be read as a mail", sentTo);
        }
    }

    private static DeliveryStatusReading Read(MimeMessage message, List<string> sentTo)
    {
        MessageDeliveryStatus? status = null;
        string? messageId = null;
        var parts = 0;
        foreach (var part in Parts(message.Body))
        {
            if (++parts > MaxParts)
                return new DeliveryStatusReading(null, $"it has more than {MaxParts} parts", sentTo);
            status ??= part as MessageDeliveryStatus;
            messageId ??= ReturnedMessageId(part);
        }
        if (status is null)
            return new DeliveryStatusReading(null, OtherKind(message), sentTo);
        var recipients = DeliveryStatusNotificationFields.Read(status);
        return recipients.Count == 0
            ? new DeliveryStatusReading(null, "its delivery status reports on no recipient", sentTo)
            : new DeliveryStatusReading(new DeliveryStatusNotification(recipients, messageId), null, sentTo);
    }

    private static string OtherKind(MimeMessage message)
    {
        foreach (var part in Parts(message.Body).Take(MaxParts))
        {
            if (part.ContentType.IsMimeType("message", "feedback-report"))
                return "it is a feedback report (RFC 5965)";
            if (part is MessageDispositionNotification)
                return "it is a read receipt (RFC 8098)";
        }
        return "it has no message/delivery-status part";
    }

    // Not into returned messages: what these hold is not about this mail.
    private static IEnumerable<MimeEntity> Parts(MimeEntity? root)
    {
        var open = new Queue<MimeEntity>();
        if (root is not null)
            open.Enqueue(root);
        while (open.TryDequeue(out var part))
        {
            yield return part;
            if (part is Multipart multipart)
                foreach (var child in multipart)
                    open.Enqueue(child);
        }
    }

    private static string? ReturnedMessageId(MimeEntity part) => part switch
    {
        // TextRfc822Headers is one of these.
        MessagePart { Message.MessageId: { Length: > 0 } id } => id,
        MimePart { Content: not null } headers when headers.ContentType.IsMimeType("message", "global-headers") => MessageIdOf(headers),
        _ => null,
    };

    // RFC 6533 §4 has the same headers in UTF-8.
    private static string? MessageIdOf(MimePart part)
    {
        using var content = part.Content!.Open();
        return HeaderList.Load(content)[HeaderId.MessageId]?.Trim().Trim('<', '>') is { Length: > 0 } id ? id : null;
    }

    private static void AddSentTo(MimeMessage message, List<string> sentTo)
    {
        foreach (var name in SentToFields)
        {
            foreach (var header in message.Headers)
            {
                if (!header.Field.Equals(name, StringComparison.OrdinalIgnoreCase) || !InternetAddressList.TryParse(header.RawValue, out var list))
                    continue;
                foreach (var mailbox in list.Mailboxes)
                    if (sentTo.Count < MaxSentTo && !sentTo.Contains(mailbox.Address, StringComparer.OrdinalIgnoreCase))
                        sentTo.Add(mailbox.Address);
            }
        }
    }
}
