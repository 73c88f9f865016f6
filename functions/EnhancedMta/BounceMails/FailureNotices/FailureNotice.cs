namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>Reads what a text says of each recipient, whatever server wrote it: forms are known by their shape.</summary>
internal static class FailureNotice
{
    private const int MaxRecipients = 100;
    private const int MaxWords = 2000;

    private delegate bool Form(NotificationText text, List<Noticed> found);

    // These two complete one another: Sendmail lists the recipients first and shows the session then.
    private static readonly Form[] Structured = [RecipientEntries.TryRead, SessionTranscript.TryRead];
    private static readonly Form[] Looser = [BareNames.TryRead, FailureSentences.TryRead];

    /// <returns>One for each address, the words of all places that name it together.</returns>
    public static List<Noticed> Read(NotificationText text)
    {
        var found = new List<Noticed>();
        foreach (var form in Structured)
            form(text, found);
        foreach (var form in Looser)
        {
            if (found.TrueForAll(noticed => noticed.IsWeak))
                form(text, found);
        }
        var merged = Merged(found);
        // One recipient only: a reply anywhere in the text is about it.
        if (merged.FindAll(noticed => !noticed.IsWeak) is [var only])
            merged[merged.IndexOf(only)] = Completed(only, text);
        return merged;
    }

    /// <summary>What the text says when it names nobody: the paragraphs with words of failure, and replies that are quoted.</summary>
    public static string Summary(NotificationText text)
    {
        var told = new List<string>();
        var length = 0;
        foreach (var line in text.Lines)
        {
            if (length > MaxWords)
                break;
            if (!FailureWords.Fails(line) && Smtp.QuotedReply.Parse(line).Code == 0 && Smtp.QuotedReply.FindStatus(line) is not { Class: 4 or 5 })
                continue;
            told.Add(line.Trim());
            length += line.Length;
        }
        if (told.Count == 0)
            told.AddRange(text.Lines.Where(line => line.Length > 0).Take(3));
        // In a language that nobody here reads, the page that it refers to may tell.
        if (!told.Exists(line => line.Contains("://", StringComparison.Ordinal)) && text.Lines.FirstOrDefault(line => line.Contains("://", StringComparison.Ordinal)) is { } page)
            told.Add(page.Trim());
        // A line with a code says it; the rest leads to it.
        var quoted = told.Where(line => Smtp.QuotedReply.Parse(line).Code != 0).ToList();
        return string.Join('\n', quoted.Exists(line => ReplyWords.Count(line) > 1) ? quoted : told);
    }

    private static List<Noticed> Merged(List<Noticed> found)
    {
        var merged = new Dictionary<string, Noticed>(StringComparer.OrdinalIgnoreCase);
        var originals = found.Where(noticed => noticed.Final is not null).DistinctBy(noticed => noticed.Final!.ToUpperInvariant())
            .ToDictionary(noticed => noticed.Final!, noticed => noticed.Address, StringComparer.OrdinalIgnoreCase);
        foreach (var one in found)
        {
            var noticed = originals.TryGetValue(one.Address, out var original) ? one with { Address = original } : one;
            if (!merged.TryGetValue(noticed.Address, out var same))
            {
                if (merged.Count < MaxRecipients)
                    merged.Add(noticed.Address, noticed);
                continue;
            }
            merged[noticed.Address] = same with
            {
                Words = Better(same.Words, noticed.Words),
                Command = same.Command == Smtp.SmtpCommand.Unknown ? noticed.Command : same.Command,
                RemoteMta = same.RemoteMta ?? noticed.RemoteMta,
                IsWeak = same.IsWeak && noticed.IsWeak,
            };
        }
        return [.. merged.Values];
    }

    private static Noticed Completed(Noticed noticed, NotificationText text)
    {
        var reply = Smtp.QuotedReply.Parse(noticed.Words);
        if (reply.Code != 0 || reply.Status is not null)
            return noticed;
        var coded = text.Lines.Where(line => Smtp.QuotedReply.Parse(line).Code != 0).Take(6).ToList();
        var telling = coded.FindAll(line => ReplyWords.Count(line) > 1);
        var replies = string.Join('\n', (telling.Count > 0 ? telling : coded).Select(line => line.Trim(' ', '-')));
        var statuses = string.Join('\n', text.Lines.Where(line => Smtp.QuotedReply.FindStatus(line) is { Class: 4 or 5 }).Take(3).Select(line => line.Trim(' ', '-')));
        return noticed with { Words = (replies.Length > 0 ? replies + "\n" + noticed.Words : noticed.Words + "\n" + statuses).Trim() };
    }

    // A quoted reply says more than what leads to it.
    private static string Better(string first, string second)
    {
        var (firstCode, secondCode) = (Smtp.QuotedReply.Parse(first).Code, Smtp.QuotedReply.Parse(second).Code);
        return firstCode == 0 && secondCode != 0 ? ReplyWords.Combine(second, first) : ReplyWords.Combine(first, second);
    }
}
