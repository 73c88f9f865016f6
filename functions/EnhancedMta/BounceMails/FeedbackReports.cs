using EnhancedMta.Bounces;

namespace EnhancedMta.BounceMails;

/// <summary>Feedback reports (RFC 5965), authentication failure reports (RFC 6591), and the looser forms in which mailbox providers forward complaints.</summary>
internal static class FeedbackReports
{
    private const int MaxRecipients = 100;

    // What stands where an address was taken out.
    private static readonly string[] BlackedOut = ["redacted", "undisclosed", "removed", "hidden", "anonym", "xxxx", "obfuscated"];

    private static readonly string[] Subjects =
    [
        "email feedback report for ip", "abuse report", "complaint about message", "complaint about email", "spam complaint", "fw: spam report",
        "[spam report]", "junk email report",
    ];
    private static readonly string[] Senders =
    [
        "staff@hotmail.com", "scomp@aol.net", "feedbackloop", "fbl@", "feedback@arf", "fbl-no-reply", "abuse-reports@", "complaints@email-abuse", "fbl-",
    ];

    /// <returns>Null when it is no such report.</returns>
    public static FeedbackReport? Read(MailPart mail, NotificationText text, ReturnedMessage returned)
    {
        if (mail.Own().FirstOrDefault(part => part.Type == "message/feedback-report") is { } part)
            return FromFields(MailFields.Parse(PartText.Of(part).TrimStart().Split('\n')), returned);
        // RFC 7489 §7.2.1.1: the subject of an aggregate report is prescribed.
        if (mail.Fields["Subject"] is { } subject && subject.StartsWith("Report Domain:", StringComparison.OrdinalIgnoreCase)
            && subject.Contains("Submitter:", StringComparison.OrdinalIgnoreCase))
            return new FeedbackReport(BounceReportKind.Other, [], []);
        // Microsoft's junk mail reporting: the message as a part, the recipient in a field that was put into it.
        if ((returned.Fields["X-HmXmrOriginalRecipient"] ?? mail.Fields["X-HmXmrOriginalRecipient"]) is { } reporter)
            return new FeedbackReport(BounceReportKind.Complaint, Addresses([reporter]), []);
        // The fields in a text: some gateways make the report a plain mail.
        if (text.Lines.Any(line => line.StartsWith("Feedback-Type:", StringComparison.OrdinalIgnoreCase)))
        {
            var fields = MailFields.Parse(text.Lines.SkipWhile(line => !line.StartsWith("Feedback-Type:", StringComparison.OrdinalIgnoreCase)));
            return FromFields(fields, returned);
        }
        return IsForwardedComplaint(mail) && returned.Fields.Count > 0 ? new FeedbackReport(BounceReportKind.Complaint, Guessed(returned), []) : null;
    }

    private static FeedbackReport FromFields(MailFields fields, ReturnedMessage returned)
    {
        var kind = fields["Feedback-Type"]?.Trim().ToLowerInvariant() switch
        {
            "opt-out" or "opt-out-list" => BounceReportKind.Unsubscribe,
            "not-spam" or "auth-failure" or "dmarc" => BounceReportKind.Other,
            // RFC 5965 §3.5: an unknown type is "other", and that is a complaint still.
            _ => BounceReportKind.Complaint,
        };
        // §3.2: Original-Rcpt-To may come more than once. Removal-Recipient was in the drafts and is still sent.
        var recipients = Addresses(((string[])["Original-Rcpt-To", "Removal-Recipient", "Original-Recipient", "Final-Recipient"]).SelectMany(fields.All));
        if (recipients.Count == 0)
            recipients = Guessed(returned);
        return new FeedbackReport(kind, recipients, [.. fields.All("Original-Mail-From").Concat(fields.All("Original-Envelope-From"))]);
    }

    private static List<string> Guessed(ReturnedMessage returned)
    {
        foreach (var name in (string[])["X-HmXmrOriginalRecipient", "X-Apparently-To", "X-Rcpt-To", "Delivered-To", "X-Original-To", "Envelope-To"])
        {
            if (Addresses(returned.Fields.All(name)) is [_, ..] named)
                return named;
        }
        foreach (var received in returned.Fields.All("Received"))
        {
            if (received.IndexOf(" for ", StringComparison.OrdinalIgnoreCase) is >= 0 and var at && Addresses([received[(at + 5)..].Split(';')[0]]) is [var named, ..])
                return [named];
        }
        return Addresses(returned.Fields.All("To")) is [var only] ? [only] : [];
    }

    private static List<string> Addresses(IEnumerable<string> values) =>
        [.. AddressScan.Of(values).Where(address => !IsBlackedOut(address)).Take(MaxRecipients)];

    private static bool IsBlackedOut(string address) =>
        Array.Exists(BlackedOut, word => address.StartsWith(word, StringComparison.OrdinalIgnoreCase)) || address.StartsWith("***", StringComparison.Ordinal);

    // AOL's and others' before RFC 5965.
    private static bool IsForwardedComplaint(MailPart mail)
    {
        var from = mail.Fields["From"] ?? "";
        var subject = mail.Fields["Subject"] ?? "";
        return mail.Messages().Any()
            && (Array.Exists(Senders, sender => from.Contains(sender, StringComparison.OrdinalIgnoreCase))
                || Array.Exists(Subjects, words => subject.StartsWith(words, StringComparison.OrdinalIgnoreCase)));
    }
}
