using EnhancedMta.BounceMails.FailureNotices;
using EnhancedMta.Bounces;

namespace EnhancedMta.BounceMails;

/// <summary>Which of the addresses that a notice names failed. Those who sent it and the servers' people are named in such texts, too.</summary>
internal static class NoticeRecipients
{
    private static readonly string[] Own = ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "From", "Reply-To"];

    public static List<ReportedRecipient> Read(MailPart mail, NotificationText text, ReturnedMessage returned)
    {
        var noticed = FailureNotice.Read(text);
        var failed = AddressScan.Of(mail.Fields.All("X-Failed-Recipients"));
        if (failed.Count > 0)
            return MergedRecipients.OfText([.. failed.Select(address => Said(address, failed.Count, noticed, text))], text);

        // The sender counts only when nobody else does and the form is sure: people write to themselves, too.
        var sender = returned.Fields.All("From").Concat(returned.Fields.All("Return-Path"));
        var own = AddressScan.Of(Own.SelectMany(mail.Fields.All).Concat(sender)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var others = noticed.FindAll(one => !one.IsWeak && !own.Contains(one.Address));
        if (others.Count == 0)
            others = noticed.FindAll(one => !own.Contains(one.Address) && !DaemonSigns.IsOfServer(one.Address));
        if (others.Count == 0)
            others = noticed.FindAll(one => !one.IsWeak);
        return MergedRecipients.OfText(others, text);
    }

    /// <summary>A notice of failure that names nobody: the one whom the returned message was for, or somebody unknown when it was for several.</summary>
    public static ReportedRecipient? Guess(MailPart mail, NotificationText text, ReturnedMessage returned)
    {
        if (!FailureWords.Fails(text.Whole) && !FailureWords.IsFailureSubject(mail.Fields["Subject"] ?? ""))
            return null;
        var guess = MergedRecipients.OfText([new Noticed(returned.Recipients is [var only] ? only : "", FailureNotice.Summary(text))], text)[0];
        return guess with { Address = guess.Address is { Length: > 0 } address ? address : null };
    }

    private static Noticed Said(string address, int count, List<Noticed> noticed, NotificationText text) =>
        noticed.Find(one => one.Address.Equals(address, StringComparison.OrdinalIgnoreCase))
        ?? new Noticed(address, count == 1 && noticed is [var only] ? only.Words : FailureNotice.Summary(text));
}
