using EnhancedMta.BounceMails.FailureNotices;
using EnhancedMta.Bounces;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails;

/// <summary>Puts together what fields and text say of the same recipient: where one is vague, the other completes it.</summary>
internal static class MergedRecipients
{
    private const int MaxRecipients = 100;

    /// <summary>Of a delivery status.</summary>
    public static List<ReportedRecipient> OfFields(IReadOnlyList<StatusGroup> groups, List<Noticed> noticed, NotificationText text, IReadOnlyList<string> guesses)
    {
        var merged = new List<ReportedRecipient>();
        foreach (var same in groups.GroupBy(group => group.Address ?? "", StringComparer.OrdinalIgnoreCase).Take(MaxRecipients))
        {
            var group = same.Aggregate(Join);
            var said = noticed.Find(one => Is(one, group)) ?? (groups.Count == 1 && noticed.Count == 1 ? noticed[0] : null);
            var address = group.Address ?? said?.Address ?? (groups.Count == 1 && guesses.Count == 1 ? guesses[0] : null);
            if (address is null && group.Action is null && group.Status is null)
                continue;
            var words = ReplyWords.Combine(group.Diagnostic, said?.Words ?? "");
            if (said is null && groups.Count == 1 && ReplyWords.Count(words) < 2)
                words = ReplyWords.Combine(words, FailureNotice.Summary(text));
            merged.Add(Recipient(address, words, group.Action, group.Status, said, group.RemoteMta, text));
        }
        return merged;
    }

    /// <summary>Of a text alone.</summary>
    public static List<ReportedRecipient> OfText(List<Noticed> noticed, NotificationText text) =>
        [.. noticed.Take(MaxRecipients).Select(one => Recipient(one.Address, one.Words, null, null, one, null, text))];

    private static ReportedRecipient Recipient(
        string? address, string words, string? action, EnhancedStatusCode? status, Noticed? said, string? remoteMta, NotificationText text)
    {
        var context = said is null ? words : words + "\n" + said.Words;
        var command = said is { Command: not SmtpCommand.Unknown } ? said.Command : ReportedCommand.Find(context);
        var reply = words.Length == 0 ? null : QuotedReply.Parse(WithoutCommand(words), command);
        // Only a field can say that it succeeded: "2.0.12" in a text is some version.
        var quoted = reply?.Status is { Class: 4 or 5 } ? reply.Status : null;
        action ??= Action(text, words, status ?? quoted);
        var kind = action switch
        {
            "delayed" => BounceReportKind.Delayed,
            "delivered" or "relayed" or "expanded" => BounceReportKind.Delivered,
            _ => BounceReportKind.Failed,
        };
        // What was quoted without a status has the field's, where that says anything and does not contradict.
        if (reply is not null && quoted is null)
            reply = reply with { Status = status is { } field && (reply.Code == 0 || reply.Code / 100 == field.Class) ? field : null };
        return new ReportedRecipient
        {
            Kind = kind,
            Address = address,
            Action = action,
            Status = status ?? quoted,
            Reply = kind == BounceReportKind.Delivered ? null : reply,
            RemoteMta = remoteMta ?? said?.RemoteMta ?? ReportedCommand.FindHost(context),
        };
    }

    // Postfix's "(in reply to RCPT TO command)" is no part of what was said.
    private static string WithoutCommand(string words)
    {
        var at = words.LastIndexOf("(in", StringComparison.OrdinalIgnoreCase);
        return at > 0 && words.Length - at < 50 && words.EndsWith(')')
            && words[at..].Replace('\n', ' ').StartsWith("(in reply to ", StringComparison.OrdinalIgnoreCase) ? words[..at] : words;
    }

    // RFC 3464 §2.3.3's word from what people are told.
    private static string Action(NotificationText text, string words, EnhancedStatusCode? status)
    {
        if (status is { Class: 2 } || (FailureWords.Succeeds(text.Whole) && !FailureWords.GivesUp(text.Whole) && status is null))
            return "delivered";
        return (FailureWords.Delays(text.Whole) || FailureWords.Delays(words)) && !FailureWords.GivesUp(words) && status is not { Class: 5 } ? "delayed" : "failed";
    }

    private static bool Is(Noticed noticed, StatusGroup group) =>
        noticed.Address.Equals(group.OriginalRecipient, StringComparison.OrdinalIgnoreCase) || noticed.Address.Equals(group.FinalRecipient, StringComparison.OrdinalIgnoreCase);

    // A later word of the same recipient completes an earlier one, and "failed" after "delayed" is what it came to.
    private static StatusGroup Join(StatusGroup first, StatusGroup second) => first with
    {
        OriginalRecipient = first.OriginalRecipient ?? second.OriginalRecipient,
        FinalRecipient = first.FinalRecipient ?? second.FinalRecipient,
        Action = first.Action is null || second.Action == "failed" ? second.Action ?? first.Action : first.Action,
        Status = first.Status is null or { Subject: 0, Detail: 0 } ? second.Status ?? first.Status : first.Status,
        Diagnostic = ReplyWords.Combine(first.Diagnostic, second.Diagnostic),
        RemoteMta = first.RemoteMta ?? second.RemoteMta,
    };
}
