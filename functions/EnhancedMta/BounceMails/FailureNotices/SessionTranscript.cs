using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>The dialogue with the remote server as Sendmail and others quote it, and Sendmail's own line per recipient: <c>550 5.1.1 &lt;a@b&gt;... User unknown</c>.</summary>
internal static class SessionTranscript
{
    public static bool TryRead(NotificationText text, List<Noticed> found)
    {
        var first = found.Count;
        var before = "";
        string? host = null;
        string? rcpt = null;
        var command = SmtpCommand.Unknown;
        var reply = "";
        foreach (var untrimmed in text.Lines)
        {
            var line = untrimmed.Trim();
            if (line.Length == 0)
                continue;
            if (After(line, "while talking to ") is { } name)
            {
                (host, rcpt, reply, command) = (name.Trim(' ', ':', '.'), null, "", SmtpCommand.Greeting);
            }
            else if (Sent(line) is { } sent)
            {
                command = CommandOf(sent);
                rcpt = command == SmtpCommand.RcptTo ? AddressScan.Only(sent) : rcpt;
                reply = "";
            }
            else if (Said(line, rcpt is not null && command == SmtpCommand.RcptTo) is { } said)
            {
                reply = reply.Length == 0 ? said : reply + "\n" + said;
                if (rcpt is not null && command == SmtpCommand.RcptTo)
                    Say(found, first, new Noticed(rcpt, reply) { Command = command, RemoteMta = host });
            }
            else if (IsReply(line) && AddressScan.First(line) is { } about && IsAbout(line, about))
            {
                // The server's words first: "554 <a@b>... Service unavailable" is only what Sendmail makes of them.
                var words = ReplyWords.Count(reply) > 1 ? reply : reply.Length > 0 ? reply + "\n" + line : line;
                var answered = reply.Length > 0 ? command : ReportedCommand.Find(before);
                Say(found, first, new Noticed(about.Address, words) { Command = answered, RemoteMta = host ?? ReportedCommand.FindHost(before) });
                reply = "";
            }
            before = line;
        }
        return found.Count > first;
    }

    // ">>> RCPT To:<a@b>" of Sendmail, "Sent <<< RCPT" of InterScan, "--> RCPT" of newer and "RCPT" of older MDaemons.
    private static string? Sent(string line)
    {
        var sent = After(line, "--> ") ?? (line.StartsWith("Sent ", StringComparison.Ordinal) ? After(line, "<<< ") : After(line, ">>> "));
        if (sent is not null)
            return IsReply(sent) ? null : sent;
        return line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("MAIL FROM:", StringComparison.OrdinalIgnoreCase) ? line : null;
    }

    private static string? Said(string line, bool isAnswer)
    {
        var said = After(line, "<<< ") ?? After(line, "<-- ") ?? (line.StartsWith("Received ", StringComparison.Ordinal) ? After(line, ">>> ") : null);
        if (said is not null)
            return IsReply(said) ? said : null;
        return isAnswer && IsReply(line) && AddressScan.First(line) is not { Start: < 12 } ? line : null;
    }

    // A reply of several lines grows: the last one holds them all.
    private static void Say(List<Noticed> found, int from, Noticed noticed)
    {
        var same = found.FindIndex(from, other => other.Address.Equals(noticed.Address, StringComparison.OrdinalIgnoreCase));
        if (same < 0)
            found.Add(noticed);
        else if (noticed.Words.StartsWith(found[same].Words, StringComparison.Ordinal))
            found[same] = noticed;
        else
            found[same] = found[same] with { Words = found[same].Words + "\n" + noticed.Words };
    }

    private static string? After(string line, string mark)
    {
        var at = line.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
        return at is < 0 or > 12 ? null : line[(at + mark.Length)..];
    }

    // "550 5.1.1 <a@b>... User unknown": the address comes before any word.
    private static bool IsAbout(string line, FoundAddress address) => line.AsSpan(3, address.Start - 3).Trim("0123456789.- <\"").IsEmpty;

    private static bool IsReply(string line) =>
        line.Length > 3 && line[0] is '4' or '5' && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2]) && line[3] is ' ' or '-' or ':';

    private static SmtpCommand CommandOf(string sent)
    {
        var end = sent.AsSpan().IndexOfAny(" :");
        var verb = end < 0 ? sent : sent[..end];
        if (verb is ".")
            return SmtpCommand.EndOfData;
        // What is refused after DATA in such a transcript may be the text: Sendmail shows no final dot.
        return SmtpCommands.TryParse(verb, out var command) ? command : SmtpCommand.Unknown;
    }
}
