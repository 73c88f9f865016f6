using EnhancedMta.Bounces;

namespace EnhancedMta.BounceMails;

/// <summary>A read receipt (RFC 8098): displayed or not, the message was delivered.</summary>
/// <param name="Recipient">Who got it.</param>
/// <param name="MessageId">Of the message.</param>
internal sealed record DispositionNotification(ReportedRecipient Recipient, string? MessageId)
{
    public static DispositionNotification? Read(MailPart mail)
    {
        if (mail.Own().FirstOrDefault(part => part.Type is "message/disposition-notification" or "message/global-disposition-notification") is not { } part)
            return null;
        var fields = MailFields.Parse(PartText.Of(part).TrimStart().Split('\n'));
        var address = AddressScan.Only(fields["Original-Recipient"]) ?? AddressScan.Only(fields["Final-Recipient"]) ?? AddressScan.Only(mail.Fields["From"]);
        var recipient = new ReportedRecipient { Kind = BounceReportKind.Delivered, Address = address, Action = "delivered" };
        return new DispositionNotification(recipient, fields["Original-Message-ID"]?.Trim('<', '>', ' '));
    }
}
