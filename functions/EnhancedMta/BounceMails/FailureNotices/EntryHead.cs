namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>A line that begins what a notice says of one recipient: <c>&lt;a@b&gt;:</c>, <c>  a@b</c>, <c>a@b [User unknown]</c>, <c>Recipient: a@b</c>.</summary>
/// <param name="Addresses">More than one when they stand in a row.</param>
/// <param name="Tail">What follows on the line.</param>
/// <param name="IsMarked">A colon or the like follows: no sentence looks like this.</param>
internal sealed record EntryHead(IReadOnlyList<string> Addresses, string Tail, bool IsMarked)
{
    private static readonly string[] Labels = ["recipient", "address", "destinat", "e-mail", "email", "empfänger", "宛先", "收件人", "user", "mailbox", "rcpt to"];

    /// <param name="line">Any line.</param>
    /// <param name="isLed">A line before says that recipients follow.</param>
    public static EntryHead? Read(string line, bool isLed)
    {
        if (line.IndexOf('@', StringComparison.Ordinal) < 0 || line.AsSpan().TrimStart().StartsWith(">>>") || line.AsSpan().TrimStart().StartsWith("<<<"))
            return null;
        var found = AddressScan.All(line, 20);
        if (found.Count == 0 || !IsLeader(line.AsSpan(0, found[0].Start), isLed && IsEnd(line.AsSpan(found[0].End))))
            return null;
        var addresses = new List<string> { found[0].Address };
        var end = found[0].End;
        for (var i = 1; i < found.Count && IsBetween(line.AsSpan(end, found[i].Start - end)); i++)
        {
            if (!addresses.Contains(found[i].Address, StringComparer.OrdinalIgnoreCase))
                addresses.Add(found[i].Address);
            end = found[i].End;
        }

        // "User's mailbox is full: <a@b>": the label says it all.
        var label = line.AsSpan(0, found[0].Start).Trim(" \t-*|•<\"'([{>#=");
        var said = label.Length > 0 && label[^1] is ':' or '：' ? label[..^1].Trim().ToString() : "";
        said = ReplyWords.Count(said) > 0 && FailureWords.Fails(said) ? said : "";
        var tail = line.AsSpan(end).TrimStart(">\"')]} \t");
        if (tail.IsEmpty)
            return new EntryHead(addresses, said, IsMarked: said.Length > 0);
        // "<a@b>:", "a@b...", "a@b [User unknown]", "a@b (reason)", "a@b; reason"; Exchange has "a@b on Thu, 29 Apr".
        if (tail[0] is ':' or '[' or '(' or ';' or ',' or '=' or '-' or '–' || tail.StartsWith("..."))
        {
            return tail.StartsWith("(expanded") ? new EntryHead(addresses, "", IsMarked: true)
                : new EntryHead(addresses, tail.TrimStart(":;,.=-– ").ToString(), tail[0] is not ',' and not '-' and not '(');
        }
        if (tail.StartsWith("on ") && tail.Length is > 8 and < 60)
            return new EntryHead(addresses, "", IsMarked: true);
        return isLed && FailureWords.Fails(tail.ToString()) ? new EntryHead(addresses, tail.ToString(), IsMarked: false) : null;
    }

    private static bool IsLeader(ReadOnlySpan<char> text, bool mayBeName)
    {
        var rest = text.Trim(" \t-*|•·<\"'([{>#=");
        if (rest.IsEmpty)
            return true;
        if (rest.EndsWith("mailto:", StringComparison.OrdinalIgnoreCase) && rest.Length == 7)
            return true;
        if (rest.Length <= 40 && rest[^1] is ':' or '：'
            && !rest.Contains("sender", StringComparison.OrdinalIgnoreCase) && !rest.StartsWith("from", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var label in Labels)
            {
                if (rest.Contains(label, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        // "Doe, Jane <a@b>" below "could not be delivered to:".
        return mayBeName && rest.Length <= 60 && rest.IndexOfAny(":.!?") < 0 && text[^1] is '<' or '(' or '[' or '"' or '\'';
    }

    private static bool IsEnd(ReadOnlySpan<char> text) => text.Trim("<>()[]\"' \t").IsEmpty || text.TrimStart("> )").StartsWith("<mailto:");

    private static bool IsBetween(ReadOnlySpan<char> text) =>
        text.Trim(" \t,;<>\"'()[]").IsEmpty || text.Trim(" \t<>()[]").Equals("mailto:", StringComparison.OrdinalIgnoreCase);
}
