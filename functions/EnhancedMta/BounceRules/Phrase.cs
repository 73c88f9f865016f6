namespace EnhancedMta.BounceRules;

/// <summary>
/// What a rule looks for, as people write it: words with single blanks between them; <c>(a|b|)</c> for one of several, or none;
/// <c>..</c> for up to <see cref="MaxGap"/> characters of anything; a <c>*</c> at the edge of words where a word may go on
/// (<c>spam*</c> finds "spammer", <c>*quota</c> finds "overquota"). Case and accents do not matter.
/// There is nothing in it that could be slow: all phrases of a rule set are found in one pass (<see cref="PhraseIndex"/>).
/// </summary>
internal sealed record Phrase(IReadOnlyList<PhraseSegment> Segments)
{
    public const int MaxGap = 60;

    /// <summary>How many phrases alternatives may multiply to.</summary>
    public const int MaxExpansion = 512;

    /// <summary>All phrases that <paramref name="text"/> stands for.</summary>
    /// <exception cref="FormatException">It is no phrase; the message says why.</exception>
    public static IReadOnlyList<Phrase> Parse(string text) => [.. Expand(text).Distinct(StringComparer.Ordinal).Select(ParseOne)];

    private static Phrase ParseOne(string text)
    {
        var segments = new List<PhraseSegment>();
        foreach (var part in text.Split(".."))
        {
            var words = part.Trim();
            var (opensInWord, endsInWord) = (words.StartsWith('*'), words.EndsWith('*'));
            words = FoldedText.Fold(words.AsSpan().Trim('*'));
            if (words.Length < 2 && (words.Length == 0 || words[0] < '\u2e80'))
                throw new FormatException($"\"{text}\" leaves nothing to look for on one side of a gap; each part needs two characters at least");
            if (words.Contains('*', StringComparison.Ordinal))
                throw new FormatException($"\"{text}\" has a * inside of words; it may stand at their edges only");
            segments.Add(new PhraseSegment(words, opensInWord, endsInWord));
        }
        return new Phrase(segments);
    }

    // Breadth first: each pass opens the first innermost group of each text.
    private static List<string> Expand(string text)
    {
        var open = new List<string> { text };
        while (open.Exists(t => t.AsSpan().ContainsAny('(', ')')))
        {
            var next = new List<string>();
            foreach (var candidate in open)
            {
                var close = candidate.IndexOf(')', StringComparison.Ordinal);
                var start = close < 0 ? candidate.IndexOf('(', StringComparison.Ordinal) : candidate.LastIndexOf('(', close);
                if (close < 0 && start < 0)
                {
                    next.Add(candidate);
                    continue;
                }
                if (close < 0 || start < 0)
                    throw new FormatException($"\"{text}\" has a bracket without its other half");
                foreach (var alternative in candidate[(start + 1)..close].Split('|'))
                    next.Add(string.Concat(candidate.AsSpan(0, start), alternative, candidate.AsSpan(close + 1)));
            }
            if (next.Count > MaxExpansion)
                throw new FormatException($"\"{text}\" stands for more than {MaxExpansion} phrases; make several of it");
            open = next;
        }
        return open;
    }
}

/// <param name="Words">Folded.</param>
/// <param name="OpensInWord">A word may have begun before.</param>
/// <param name="EndsInWord">A word may go on behind.</param>
internal sealed record PhraseSegment(string Words, bool OpensInWord, bool EndsInWord);
