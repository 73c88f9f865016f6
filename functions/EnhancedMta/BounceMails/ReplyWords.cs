namespace EnhancedMta.BounceMails;

/// <summary>How much a text says about why: what remains without codes, addresses, hosts and the words that every refusal has.</summary>
internal static class ReplyWords
{
    private static readonly HashSet<string> Empty = new(StringComparer.OrdinalIgnoreCase)
    {
        "smtp", "error", "errors", "host", "said", "the", "and", "for", "this", "that", "was", "were", "from", "your", "you", "has", "have", "been", "with",
        "remote", "server", "mail", "message", "delivery", "failed", "failure",
        "failing", "permanent", "permanently", "reply", "command", "rcpt", "data", "following", "recipient", "recipients", "address", "addresses", "could", "not",
        "delivered", "reason", "returned", "response", "code", "status", "end", "after",
        "action", "dns", "rfc822", "mailto", "undelivered", "undeliverable", "one", "more", "here", "are", "below", "details", "technical", "unable", "deliver",
        "problem", "problems", "occurred", "while", "giving",
        "www", "http", "https", "com", "org", "net", "transcript", "session", "follows", "dsn", "did", "reach", "like", "our", "list", "see", "will", "retried",
        "attempts", "further", "made", "each", "delivering", "service", "unavailable",
    };

    /// <summary>Number of telling words, at most 20.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length && count < 20;)
        {
            if (!char.IsLetter(text[i]))
            {
                i++;
                continue;
            }
            var end = i;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '\'' or '_' or '-' or '@' || IsInnerDot(text, end)))
                end++;
            var word = text[i..end];
            i = end;
            // An address on the web that a refusal names tells more than most words; which list it was, for one.
            if (word is "http" or "https")
                count += 2;
            else if (word[0] > 0x2E80)
                count += Math.Min(4, word.Length / 3);
            else if (word.Length > 2 && word.IndexOfAny("@.") < 0 && !Empty.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word.Trim("'-_")))
                count++;
        }
        return count;
    }

    private static bool IsInnerDot(ReadOnlySpan<char> text, int at) => text[at] == '.' && at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1]);

    private static string Joined(string text) => text.Replace('\n', ' ');

    /// <summary>What one of them says, completed by the other when that one says next to nothing.</summary>
    public static string Combine(string first, string second)
    {
        if (second.Length == 0 || first.Contains(second, StringComparison.OrdinalIgnoreCase))
            return first;
        if (first.Length == 0)
            return second;
        var (one, other) = (Smtp.QuotedReply.Parse(first), Smtp.QuotedReply.Parse(second));
        // Sendmail reports the first line of a reply and shows the others.
        if (one.Code != 0 && one.Code == other.Code && one.Text.Length >= 12 && other.Text.Length > one.Text.Length
            && Joined(other.Text).Contains(Joined(one.Text), StringComparison.OrdinalIgnoreCase))
            return second;
        if (Count(first) > 1 && (one.Code != 0 || one.Status is not null || (other.Code == 0 && other.Status is null)))
            return first;
        if (second.Contains(first, StringComparison.OrdinalIgnoreCase) || (Count(first) == 0 && one.Code == 0))
            return second;
        return first + "\n" + second;
    }
}
