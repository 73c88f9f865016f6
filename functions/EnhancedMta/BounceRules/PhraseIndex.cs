using System.Collections.Frozen;

namespace EnhancedMta.BounceRules;

/// <summary>
/// Finds all phrases of a rule set in one pass over a text: an automaton after Aho and Corasick (CACM 18, 1975), with children in runs
/// of one array because most states have one. Time grows with the text alone, whatever the phrases and whatever the text.
/// </summary>
internal sealed class PhraseIndex
{
    private readonly FrozenDictionary<char, int> _roots;
    private readonly int[] _firstChild;
    private readonly char[] _childChars;
    private readonly int[] _childStates;
    private readonly int[] _fallback;
    private readonly int[] _firstHit;
    private readonly int[] _nextHitState;
    private readonly Segment[] _segments;

    public PhraseIndex(IReadOnlyList<Phrase> phrases)
    {
        ArgumentNullException.ThrowIfNull(phrases);
        Count = phrases.Count;
        var trie = new List<SortedDictionary<char, int>> { new() };
        var hits = new List<List<Segment>> { new() };
        foreach (var (phrase, id) in phrases.Select((phrase, id) => (phrase, id)))
        {
            for (var i = 0; i < phrase.Parts.Count; i++)
            {
                var needs = i == 0 ? -1 : ProgressCount - 1;
                var gives = i == phrase.Parts.Count - 1 ? -1 : ProgressCount++;
                foreach (var words in phrase.Parts[i])
                    hits[StateOf(words.Text)].Add(new Segment(id, words.Text.Length, words.OpensInWord, words.EndsInWord, needs, gives));
            }
        }

        _fallback = new int[trie.Count];
        _nextHitState = new int[trie.Count];
        _firstChild = new int[trie.Count + 1];
        _firstHit = new int[trie.Count + 1];
        _childChars = new char[trie.Count - 1];
        _childStates = new int[trie.Count - 1];
        _segments = new Segment[hits.Sum(h => h.Count)];
        var (child, hit) = (0, 0);
        for (var state = 0; state < trie.Count; state++)
        {
            _firstChild[state] = child;
            _firstHit[state] = hit;
            foreach (var (c, next) in trie[state])
                (_childChars[child], _childStates[child++]) = (c, next);
            foreach (var segment in hits[state])
                _segments[hit++] = segment;
        }
        _firstChild[^1] = child;
        _firstHit[^1] = hit;
        _roots = trie[0].ToFrozenDictionary();
        Link();

        int StateOf(string words)
        {
            var state = 0;
            foreach (var c in words)
            {
                if (!trie[state].TryGetValue(c, out var next))
                {
                    next = trie.Count;
                    trie.Add([]);
                    hits.Add([]);
                    trie[state].Add(c, next);
                }
                state = next;
            }
            return state;
        }
    }

    /// <summary>How many phrases there are.</summary>
    public int Count { get; }

    /// <summary>Places for the ends of parts before gaps.</summary>
    public int ProgressCount { get; }

    /// <summary>Sets the bit of each phrase that <paramref name="text"/> contains.</summary>
    /// <param name="text">Folded.</param>
    /// <param name="found">One bit for each phrase, all clear.</param>
    /// <param name="progress"><see cref="ProgressCount"/> places, all clear.</param>
    public void Find(ReadOnlySpan<char> text, Span<ulong> found, Span<RecentEnds> progress)
    {
        var state = 0;
        for (var i = 0; i < text.Length; i++)
        {
            state = Step(state, text[i]);
            for (var at = state; at > 0; at = _nextHitState[at])
            {
                for (var hit = _firstHit[at]; hit < _firstHit[at + 1]; hit++)
                    Meet(in _segments[hit], text, i + 1, found, progress);
            }
        }
    }

    private static void Meet(in Segment segment, ReadOnlySpan<char> text, int end, Span<ulong> found, Span<RecentEnds> progress)
    {
        var start = end - segment.Length;
        if (!segment.OpensInWord && start > 0 && IsWord(text[start - 1]) && IsWord(text[start]))
            return;
        if (!segment.EndsInWord && end < text.Length && IsWord(text[end]) && IsWord(text[end - 1]))
            return;
        if (segment.Needs >= 0 && !progress[segment.Needs].IsNear(start, Phrase.MaxGap))
            return;
        if (segment.Gives >= 0)
            progress[segment.Gives].Add(end);
        else
            found[segment.Phrase >> 6] |= 1UL << (segment.Phrase & 63);
    }

    // Chinese and Japanese put no blanks between words.
    private static bool IsWord(char c) => c < '\u2e80' && char.IsLetterOrDigit(c);

    private int Step(int state, char c)
    {
        while (true)
        {
            if (state == 0)
                return _roots.GetValueOrDefault(c);
            for (var child = _firstChild[state]; child < _firstChild[state + 1]; child++)
            {
                if (_childChars[child] == c)
                    return _childStates[child];
            }
            state = _fallback[state];
        }
    }

    // Breadth first, because a state's fallback is shorter than it is.
    private void Link()
    {
        var open = new Queue<int>(_roots.Values);
        while (open.TryDequeue(out var state))
        {
            _nextHitState[state] = HasHits(_fallback[state]) ? _fallback[state] : _nextHitState[_fallback[state]];
            for (var child = _firstChild[state]; child < _firstChild[state + 1]; child++)
            {
                var next = _childStates[child];
                _fallback[next] = Step(_fallback[state], _childChars[child]);
                open.Enqueue(next);
            }
        }
    }

    private bool HasHits(int state) => _firstHit[state] < _firstHit[state + 1];

    /// <param name="Phrase">Which one it belongs to.</param>
    /// <param name="Length">In characters.</param>
    /// <param name="OpensInWord">No word boundary needed before.</param>
    /// <param name="EndsInWord">Nor behind.</param>
    /// <param name="Needs">Place where the ends of the part before the gap stand; -1 for a first part.</param>
    /// <param name="Gives">Place where to note this part's ends; -1 for a last part.</param>
    private readonly record struct Segment(int Phrase, int Length, bool OpensInWord, bool EndsInWord, int Needs, int Gives);
}
