using System.Buffers;

namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>A recipient inside a sentence of failure: <c>Unable to deliver message to: &lt;a@b&gt;</c>, <c>You sent mail to a@b. That's not a valid user here.</c></summary>
internal static class FailureSentences
{
    private const int MaxParagraphs = 200;

    private static readonly SearchValues<string> ContactWords = SearchValues.Create(
        ["contact", "assistance", "send mail to", "questions", "help", "reply to", "email us", "support", "sent by", "mailto:"], StringComparison.OrdinalIgnoreCase);

    public static bool TryRead(NotificationText text, List<Noticed> found)
    {
        var before = found.Count;
        var paragraphs = Paragraphs(text.Lines);
        for (var i = 0; i < paragraphs.Count; i++)
        {
            var paragraph = paragraphs[i];
            if (!FailureWords.Fails(paragraph))
                continue;
            foreach (var address in AddressScan.All(paragraph, 20))
            {
                if (IsContact(paragraph, address))
                    continue;
                found.Add(new Noticed(address.Address, Words(paragraphs, i)) { IsWeak = DaemonSigns.IsOfServer(address.Address) });
            }
        }
        return found.Count > before;
    }

    /// <summary>The paragraph, and what follows up to a quoted reply when it has none itself.</summary>
    private static string Words(List<string> paragraphs, int index)
    {
        var words = paragraphs[index];
        if (Smtp.QuotedReply.Parse(words).Code != 0)
            return words;
        for (var next = index + 1; next < paragraphs.Count && next <= index + 4; next++)
        {
            if (Smtp.QuotedReply.Parse(paragraphs[next]).Code != 0 || Smtp.QuotedReply.FindStatus(paragraphs[next]) is not null)
                return string.Join('\n', paragraphs.Skip(index).Take(next - index + 1));
        }
        return ReplyWords.Count(words) > 1 || index + 1 == paragraphs.Count ? words : words + "\n" + paragraphs[index + 1];
    }

    // "contact postmaster@…", "assistance, please send mail to …"
    private static bool IsContact(string paragraph, FoundAddress address)
    {
        var start = Math.Max(0, address.Start - 60);
        var before = paragraph.AsSpan(start, address.Start - start);
        return before.ContainsAny(ContactWords) || before.TrimEnd("< ").EndsWith("from", StringComparison.OrdinalIgnoreCase);
    }

    private static List<string> Paragraphs(IReadOnlyList<string> lines)
    {
        var paragraphs = new List<string>();
        var open = new List<string>();
        foreach (var line in lines.Append(""))
        {
            if (line.Length > 0)
            {
                open.Add(line.Trim());
            }
            else if (open.Count > 0)
            {
                paragraphs.Add(string.Join('\n', open));
                open.Clear();
                if (paragraphs.Count == MaxParagraphs)
                    break;
            }
        }
        return paragraphs;
    }
}
