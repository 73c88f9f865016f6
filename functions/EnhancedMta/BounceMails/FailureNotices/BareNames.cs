namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>Names without a domain below "the following recipients": users of the server that writes (AOL).</summary>
internal static class BareNames
{
    public static bool TryRead(NotificationText text, List<Noticed> found)
    {
        var before = found.Count;
        if (text.SenderDomain is not { } domain)
            return false;
        for (var i = 0; i < text.Lines.Count; i++)
        {
            if (!text.Lines[i].EndsWith(':'))
                continue;
            var lead = Paragraph(text.Lines, i);
            if (!lead.Contains("recipient", StringComparison.OrdinalIgnoreCase) || !FailureWords.Fails(lead))
                continue;
            for (i++; i < text.Lines.Count && (text.Lines[i].Length == 0 || IsName(text.Lines[i].Trim())); i++)
            {
                if (text.Lines[i].Length > 0 && found.Count < 100)
                    found.Add(new Noticed($"{text.Lines[i].Trim()}@{domain}", lead));
            }
        }
        return found.Count > before;
    }

    private static string Paragraph(IReadOnlyList<string> lines, int last)
    {
        var first = last;
        while (first > 0 && last - first < 6 && lines[first - 1].Length > 0)
            first--;
        return string.Join(' ', lines.Skip(first).Take(last - first + 1).Select(line => line.Trim()));
    }

    private static bool IsName(string line)
    {
        foreach (var c in line)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '+'))
                return false;
        }
        return line.Length is > 1 and <= 64;
    }
}
