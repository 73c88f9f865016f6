namespace EnhancedMta.BounceRules;

/// <summary>
/// What a rule looks for, as people write it: words with single blanks between them; <c>(a|b|)</c> for one of several, or none;
/// <c>..</c> for up to <see cref="MaxGap"/> characters of anything; a <c>*</c> at the edge of words where a word may go on
/// (<c>spam*</c> finds "spammer", <c>*quota</c> finds "overquota"). Case and accents do not matter.
/// There is nothing in it that could be slow: all phrases of a rule set are found in one pass (<see cref="PhraseIndex"/>).
/// </summary>
/// <param name="Parts">In their order, with gaps between them; each is one of several words or word groups.</param>
internal sealed record Phrase(IReadOnlyList<IReadOnlyList<PhraseWords>> Parts)
{
    public const int MaxGap = 60;

    /// <summary>How many texts the brackets of one part may stand for, and how many phrases those around gaps.</summary>
    public const int MaxExpansion = 2_048;

    /// <summary>What follows a gap has no more characters: <see cref="RecentEnds"/> looks no further back.</summary>
    public const int MaxLengthAfterGap = RecentEnds.Reach - MaxGap;

    private const string Gap = "..";

    /// <summary>All phrases that <paramref name="text"/> stands for: one, unless brackets hold gaps.</summary>
    /// <exception cref="FormatException">It is no phrase; the message says why.</exception>
    public static IReadOnlyList<Phrase> Parse(string text) =>
    [
        .. Expand(text, text, group => group.Contains(Gap, StringComparison.Ordinal))
            .Select(phrase => new Phrase([.. phrase.Split(Gap).Select((part, index) => Words(part, index > 0, text))])),
    ];

    private static IReadOnlyList<PhraseWords> Words(string part, bool isAfterGap, string text)
    {
        IReadOnlyList<PhraseWords> words = [.. Expand(part, text, _ => true).Distinct(StringComparer.Ordinal).Select(words => PhraseWords.Parse(words, text))];
        return !isAfterGap || words.All(w => w.Text.Length <= MaxLengthAfterGap)
            ? words : throw new FormatException($"\"{Short(text)}\" has more than {MaxLengthAfterGap} characters after a gap");
    }

    // Each pass opens the first innermost group that is asked for, in every text.
    private static List<string> Expand(string text, string whole, Func<string, bool> isMeant)
    {
        var open = new List<string> { text };
        for (var changed = true; changed;)
        {
            changed = false;
            var next = new List<string>();
            foreach (var candidate in open)
            {
                if (FindGroup(candidate, whole, isMeant) is not (var start, var end))
                {
                    next.Add(candidate);
                    continue;
                }
                changed = true;
                foreach (var alternative in Alternatives(candidate[(start + 1)..end]))
                    next.Add(string.Concat(candidate.AsSpan(0, start), alternative, candidate.AsSpan(end + 1)));
            }
            if (next.Count > MaxExpansion)
                throw new FormatException($"\"{Short(whole)}\" stands for more than {MaxExpansion} phrases; make several of it");
            open = next;
        }
        return open;
    }

    // The first outermost group that is meant: what it holds may be groups again.
    private static (int Start, int End)? FindGroup(string text, string whole, Func<string, bool> isMeant)
    {
        var depth = 0;
        var start = 0;
        (int, int)? found = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(' && depth++ == 0)
                start = i;
            if (text[i] == ')' && --depth == 0 && found is null && isMeant(text[start..i]))
                found = (start, i);
            if (depth < 0)
                break;
        }
        return depth == 0 ? found : throw new FormatException($"\"{Short(whole)}\" has a bracket without its other half");
    }

    // Parted by the bars that are in no further brackets.
    private static IEnumerable<string> Alternatives(string group)
    {
        var (depth, from) = (0, 0);
        for (var i = 0; i < group.Length; i++)
        {
            depth += group[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (group[i] != '|' || depth != 0)
                continue;
            yield return group[from..i];
            from = i + 1;
        }
        yield return group[from..];
    }

    internal static string Short(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 79), "…");
}

/// <param name="Text">Folded.</param>
/// <param name="OpensInWord">A word may have begun before.</param>
/// <param name="EndsInWord">A word may go on behind.</param>
internal sealed record PhraseWords(string Text, bool OpensInWord, bool EndsInWord)
{
    public static PhraseWords Parse(string text, string phrase)
    {
        var words = text.Trim();
        var (opensInWord, endsInWord) = (words.StartsWith('*'), words.EndsWith('*'));
        words = FoldedText.Fold(words.AsSpan().Trim('*'));
        if (words.Length < 2 && (words.Length == 0 || words[0] < '\u2e80'))
            throw new FormatException($"\"{Phrase.Short(phrase)}\" has a part with nothing to look for; each needs two characters at least");
        if (words.Contains('*', StringComparison.Ordinal))
            throw new FormatException($"\"{Phrase.Short(phrase)}\" has a * inside of words; it may stand at their edges only");
        return new PhraseWords(words, opensInWord, endsInWord);
    }
}
