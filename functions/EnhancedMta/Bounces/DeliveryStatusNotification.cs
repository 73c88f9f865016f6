using EnhancedMta.Smtp;

namespace EnhancedMta.Bounces;

/// <summary>A bounce mail in the standard form (RFC 3464).</summary>
/// <param name="Recipients">One for each recipient that it reports on; at least one.</param>
/// <param name="OriginalMessageId">Message-ID of the mail that it is about, without angle brackets, when its header was returned.</param>
public sealed record DeliveryStatusNotification(IReadOnlyList<DeliveryStatusRecipient> Recipients, string? OriginalMessageId);

/// <summary>What is reported on one recipient.</summary>
/// <param name="FinalRecipient">Address as the reporting server last knew it.</param>
/// <param name="OriginalRecipient">Address as the sender gave it, when it is reported.</param>
/// <param name="Action">What became of the mail.</param>
/// <param name="Status">The Status field.</param>
/// <param name="Diagnostic">The Diagnostic-Code field when it holds an SMTP reply; its enhanced status is the text's own.</param>
/// <param name="RemoteMta">Host that said it.</param>
public sealed record DeliveryStatusRecipient(
    string? FinalRecipient, string? OriginalRecipient, DeliveryStatusAction Action, EnhancedStatusCode? Status, SmtpReply? Diagnostic, string? RemoteMta)
{
    /// <summary>
    /// What to qualify: the diagnostic, completed by the Status field when its text has none of the same class; without a diagnostic
    /// the Status field under the basic code that says nothing more. Null when neither was given, or nothing failed.
    /// </summary>
    public SmtpReply? Reply
    {
        get
        {
            if (Action is not (DeliveryStatusAction.Failed or DeliveryStatusAction.Delayed))
                return null;
            if (Diagnostic is { } said)
                return said.Status is null && Status?.Class == said.Code / 100 ? said with { Status = Status } : said;
            return Status is { Class: 4 or 5 } status ? new SmtpReply(status.Class * 100 + 50, status, status.ToString(), SmtpCommand.Unknown) : null;
        }
    }
}

/// <summary>RFC 3464 §2.3.3.</summary>
public enum DeliveryStatusAction
{
    /// <summary>Missing or not one of the standard's.</summary>
    Unknown,
    Failed,
    /// <summary>The reporting server still tries.</summary>
    Delayed,
    Delivered,
    Relayed,
    Expanded,
}

/// <summary>What came of reading a mail as a notification.</summary>
/// <param name="Notification">Null when it is none.</param>
/// <param name="NotBecause">Then, why: a mail of another kind, or a broken one.</param>
/// <param name="SentTo">Addresses that the mail itself was sent to, the surest first: one of them may be a return path of ours.</param>
public sealed record DeliveryStatusReading(DeliveryStatusNotification? Notification, string? NotBecause, IReadOnlyList<string> SentTo);
