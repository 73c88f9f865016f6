using System.Text;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>
/// The recipient on a line, then what is said of it: the shape of most notices there are (qmail, Exim, Postfix, Sendmail, Exchange, Courier and many more).
/// </summary>
internal static class RecipientEntries
{
    private const int MaxWords = 4096;

    public static bool TryRead(NotificationText text, List<Noticed> found)
    {
        // 1. Each head takes the lines up to the first blank one after something was said. 2. Heads in a row share what is said below the last.
        // 3. What nothing is said of below has it above.
        var entries = Entries(text.Lines);
        for (var i = entries.Count - 2; i >= 0; i--)
        {
            if (ReplyWords.Count(entries[i].Words.ToString()) == 0 && entries[i + 1].Line - entries[i].Line <= 1)
                entries[i].Words.Clear().Append(entries[i + 1].Words);
        }
        foreach (var entry in entries)
        {
            var words = Reason(entry.Words.ToString().Trim());
            if (ReplyWords.Count(words) == 0)
                words = string.Join('\n', new[] { words, Above(text.Lines, entry.Line) }.Where(part => part.Length > 0));
            var isWeak = !entry.IsMarked && !entry.IsLed && !FailureWords.Fails(words);
            foreach (var address in entry.Addresses)
                found.Add(new Noticed(address, words) { Command = entry.Command, Final = entry.Final, IsWeak = isWeak || DaemonSigns.IsOfServer(address) });
        }
        return entries.Count > 0;
    }

    private static List<Entry> Entries(IReadOnlyList<string> lines)
    {
        var entries = new List<Entry>();
        Entry? open = null;
        var isLed = false;
        var namesCommand = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0)
            {
                if (open is not null && ReplyWords.Count(open.Words.ToString()) > 1)
                    open = null;
                continue;
            }
            if (Origin(line) is { } origin)
            {
                // Sendmail names whom the sender wrote to; of Exim's "an undisclosed address (generated from a@b)" that is all there is.
                if (open is not null && line.Contains("expanded", StringComparison.Ordinal))
                    (open.Final, open.Addresses) = (open.Addresses[0], [origin]);
                else if (open is null)
                    entries.Add(open = new Entry(i, [origin], isMarked: true, isLed));
                continue;
            }
            if (EntryHead.Read(lines[i], isLed) is { } head)
            {
                open = new Entry(i, head.Addresses, head.IsMarked, isLed);
                open.Words.Append(head.Tail);
                entries.Add(open);
                isLed = true;
                continue;
            }
            if (Heading(line) is { } heading)
            {
                // "-------SMTP command" and "----- Transcript of session follows -----"
                namesCommand = heading.EndsWith("command", StringComparison.OrdinalIgnoreCase);
                if (open is not null && (heading.Contains("transcript", StringComparison.OrdinalIgnoreCase) || ReplyWords.Count(open.Words.ToString()) > 1))
                    open = null;
                isLed = FailureWords.Fails(heading);
                continue;
            }
            if (namesCommand && entries.Count > 0 && SmtpCommands.TryParse(line, out var command))
                entries[^1].Command = command;
            namesCommand = false;
            if (open is not null && open.Words.Length < MaxWords && !IsAdvice(line))
                open.Words.Append('\n').Append(line);
            isLed = line[^1] is ':' or '：' || FailureWords.Fails(line);
        }
        return entries;
    }

    // "(expanded from: <a@b>)", "(generated from a@b)"
    private static string? Origin(string line) =>
        line.Length < 400 && line[0] == '(' && (line.Contains("generated from", StringComparison.Ordinal) || line.Contains("expanded from", StringComparison.Ordinal))
            ? AddressScan.Only(line) : null;

    // "----- The following addresses had errors -----" without its rules; null when the line is none.
    private static string? Heading(string line)
    {
        var rules = line.Trim('-', '=', '*', '_', '|', '#', ' ');
        return line.Length - rules.Length >= 4 && line[0] is '-' or '=' or '*' or '_' or '|' or '#' && line.AsSpan().IndexOfAny("-=*_#") is 0 or 1 ? rules : null;
    }

    // The lines before, up to a blank line or a heading; Notes writes the reason there.
    private static string Above(IReadOnlyList<string> lines, int head, int depth = 2)
    {
        var first = head;
        while (first > 0 && head - first < 8 && lines[first - 1].Trim() is { Length: > 0 } line && Heading(line) is null && EntryHead.Read(line, isLed: true) is null)
            first--;
        // An empty line between "could not be delivered to:" and the address is usual, and another before it where the reason stands above.
        if (first > 1 && lines[first - 1].Length == 0 && (first == head || (depth > 0 && lines[head - 1].EndsWith(':'))))
            return (Above(lines, first - 1, depth - 1) + "\n" + Text(lines, first, head)).Trim();
        return Text(lines, first, head);
    }

    private static string Text(IReadOnlyList<string> lines, int first, int end) => string.Join('\n', lines.Skip(first).Take(end - first).Select(line => line.Trim()));

    // Sendmail's "(reason: 550 User unknown)".
    private static string Reason(string words) =>
        words.StartsWith("(reason:", StringComparison.OrdinalIgnoreCase) ? words[8..].TrimEnd(')').Trim() : words;

    // What the sender should do tells nothing about why.
    private static bool IsAdvice(string line) =>
        line.StartsWith("Please ", StringComparison.Ordinal) || line.StartsWith("For further", StringComparison.Ordinal) || line.StartsWith("For more", StringComparison.Ordinal) || line.StartsWith("If you ", StringComparison.Ordinal);

    private sealed class Entry(int line, IReadOnlyList<string> addresses, bool isMarked, bool isLed)
    {
        public int Line => line;
        public IReadOnlyList<string> Addresses { get; set; } = addresses;
        public string? Final { get; set; }
        public bool IsMarked => isMarked;
        public bool IsLed => isLed;
        public StringBuilder Words { get; } = new();
        public SmtpCommand Command { get; set; } = SmtpCommand.Unknown;
    }
}
