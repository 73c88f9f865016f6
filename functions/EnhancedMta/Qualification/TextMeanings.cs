using System.Text.RegularExpressions;
using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>The few words without which a retry would come at a wrong time. Provider's wordings are rules of their own, not here.</summary>
internal static partial class TextMeanings
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Words that weigh more than any 4xx status: servers give greylisting every code there is.</summary>
    public static (Meaning Meaning, string Rule)? OverStatus(SmtpReply reply)
    {
        if (!reply.IsTransient || reply.Code == 421)
            return null;
        return Greylist().IsMatch(reply.Text) ? (Meaning.Greylisted, "text-greylisted") : null;
    }

    /// <summary>Words that decide where the status says nothing of its own.</summary>
    public static (Meaning Meaning, string Rule)? UnderStatus(SmtpReply reply)
    {
        if (FullMailbox().IsMatch(reply.Text) && !SenderQuota().IsMatch(reply.Text))
            return (Meaning.MailboxFull, "text-mailbox-full");
        if (!TryAgain().IsMatch(reply.Text))
            return null;
        // To a stranger's RCPT, "try again later" and no reason is what greylisting says.
        return reply is { Code: 450 or 451, Command: SmtpCommand.RcptTo } ? (Meaning.Greylisted, "text-try-again")
            : reply.IsPermanent ? (Meaning.Transient, "text-try-again")
            : null;
    }

    [GeneratedRegex(@"\bgr[ea]y[-\s]?list", Options)]
    private static partial Regex Greylist();

    [GeneratedRegex(@"(?:mailbox|inbox|account|user)\b.{0,40}\b(?:full|over\s?quota)\b|\bover\s?quota\b|\bquota\s+(?:is\s+)?(?:exceeded|full)\b|" +
        @"\bexceed(?:s|ed)?\b.{0,30}\b(?:quota|storage)\b|\bbo[iî]te\b.{0,30}\bpleine\b", Options)]
    private static partial Regex FullMailbox();

    [GeneratedRegex(@"\b(?:send(?:ing|er)?|sent|hourly|daily|rate|messages?|outgoing|ip)\b.{0,20}\bquota\b", Options)]
    private static partial Regex SenderQuota();

    [GeneratedRegex(@"\b(?:try|retry)\s+(?:it\s+)?(?:again\s+)?(?:later|in\s+\d|after)|\btry\s+again\s+(?:shortly|soon)|\bcome\s+back\s+later|\br[eé]essayez?\s+plus\s+tard", Options)]
    private static partial Regex TryAgain();
}
