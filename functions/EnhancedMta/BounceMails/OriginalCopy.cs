using System.Buffers;

namespace EnhancedMta.BounceMails;

/// <summary>Where the copy of the returned message begins in a notification that is one text.</summary>
internal static class OriginalCopy
{
    private static readonly SearchValues<char> RuleCharacters = SearchValues.Create("-=_*+#~. \t|");

    // "The following addresses did not receive a copy of your message:" and "A transcript … follows" announce something else.
    private static readonly SearchValues<string> OfFailure = SearchValues.Create(["transcript", "address", "recipient"], StringComparison.OrdinalIgnoreCase);

    // Lines that announce it. Only whole lines of a few words count: sentences speak of the original message, too.
    private static readonly SearchValues<string> Announcements = SearchValues.Create(
    [
        "copy of the message", "copy of your message", "copy of the original", "copy of the header", "copy of the mail", "original message", "original mail",
        "unsent message", "message header", "message headers",
        "headers follow", "header follows", "message text follows", "message follows", "returned message", "undelivered message", "header of the original",
        "headers of the original", "headers of the message", "start of the message", "text of the message",
        "text of your message", "your message follows", "message contents follow", "original header", "original text", "begin message", "the message that was sent",
        "the first ", "message below",
        "ursprüngliche nachricht", "originalnachricht", "message original", "message d'origine", "mensaje original", "mensagem original", "messaggio originale",
        "oorspronkelijk", "исходное сообщение", "исходное письмо", "元のメッセージ", "元のメール", "原文",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "Received", "Return-Path", "Message-ID", "MIME-Version", "DKIM-Signature", "X-Received", "From", "To", "Cc", "Subject", "Date", "Reply-To", "Sender",
        "Content-Type",
        "Content-Transfer-Encoding", "X-Mailer", "User-Agent", "Delivered-To", "ARC-Seal", "Received-SPF", "Authentication-Results", "X-Priority",
        "List-Unsubscribe", "References", "In-Reply-To",
        "X-Gmail-Received", "Domainkey-Signature", "Organization", "Errors-To", "Precedence", "X-Originating-IP", "Importance", "Envelope-To", "Delivery-Date",
        "X-Google-Smtp-Source", "Thread-Topic",
    };

    // What no notification says of itself in a list of fields.
    private static readonly HashSet<string> Telling = new(StringComparer.OrdinalIgnoreCase)
    {
        "Received", "Return-Path", "Message-ID", "MIME-Version", "DKIM-Signature", "X-Received", "ARC-Seal", "Domainkey-Signature", "X-Mailer",
    };

    /// <returns>Index of the first line that is no notification any more, and of the first line of the copied header; both the number of lines when there is none.</returns>
    public static (int End, int Header) Find(List<string> lines)
    {
        var announced = -1;
        var words = false;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length == 0)
                continue;
            if (announced < 0 && words && IsAnnouncement(lines[i]))
                announced = i;
            if (MailFields.NameOf(lines[i]) is { } name && Known.Contains(name))
            {
                var end = BlockEnd(lines, i, out var known, out var telling, out var isNotification);
                if (!isNotification && ((telling && known >= 2) || (announced >= 0 && known >= 1 && i - announced <= 6)))
                    return (announced >= 0 ? announced : i, i);
                i = end - 1;
            }
            words = words || !IsRule(lines[i]);
        }
        return announced >= 0 ? (announced, lines.Count) : (lines.Count, lines.Count);
    }

    private static int BlockEnd(List<string> lines, int start, out int known, out bool telling, out bool isNotification)
    {
        (known, telling, isNotification) = (0, false, false);
        var i = start;
        for (; i < lines.Count; i++)
        {
            if (lines[i].Length > 0 && i > start && lines[i][0] is ' ' or '\t')
                continue;
            if (MailFields.NameOf(lines[i]) is not { } name)
                break;
            if (!Known.Contains(name))
                continue;
            known++;
            telling |= Telling.Contains(name);
            // A forwarded notification: what follows is about the failure still.
            isNotification |= name.Equals("From", StringComparison.OrdinalIgnoreCase) && DaemonSigns.IsDaemon(lines[i]);
        }
        return Math.Max(i, start + 1);
    }

    private static bool IsRule(string line) => !line.AsSpan().ContainsAnyExcept(RuleCharacters);

    // "--- Below this line is a copy of the message." and "Original message headers:"
    private static bool IsAnnouncement(string line)
    {
        var text = line.AsSpan().Trim();
        return text.Length <= 100 && text.ContainsAny(Announcements)
            && (text.IndexOfAny("-=*|_") is 0 || text[^1] is ':' or '-' or '|' or '*' || text.TrimEnd(". *-").EndsWith("follows", StringComparison.OrdinalIgnoreCase)
                || text.TrimEnd('.').EndsWith("follow", StringComparison.OrdinalIgnoreCase))
            && !text.ContainsAny(OfFailure) && AddressScan.First(line) is null;
    }
}
