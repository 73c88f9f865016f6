using System.Collections.Frozen;
using System.Numerics;
using EnhancedMta.Providers;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;

namespace EnhancedMta.BounceRules;

/// <summary>
/// Rules in their order, ready to decide. A decision costs one pass over the reply for all phrases together, then a look at those rules
/// only of which a phrase was found, or that ask for no phrase; the first that applies decides.
/// </summary>
public sealed class BounceRuleSet
{
    private readonly ProviderDirectory _providers;
    private readonly Compiled[] _rules;
    private readonly (Verdict Permanent, Verdict Transient) _none;
    private readonly PhraseIndex _index;
    private readonly int[][] _rulesOfPhrase;
    private readonly ulong[] _wordless;

    internal BounceRuleSet(IReadOnlyList<BounceRule> rules, string version, ProviderDirectory providers)
    {
        _providers = providers;
        Rules = rules;
        Version = version;
        var phrases = new List<Phrase>();
        var ids = new Dictionary<string, int[]>(StringComparer.Ordinal);
        _rules = [.. rules.Select(Compile)];
        _none = (VerdictOf(null, 5), VerdictOf(null, 4));
        _index = new PhraseIndex(phrases);
        _wordless = new ulong[(rules.Count + 63) / 64];
        var users = new List<int>[phrases.Count];
        for (var i = 0; i < _rules.Length; i++)
        {
            // A rule is looked at when one of these was found; that all else holds is checked then.
            var leads = _rules[i].Any.Length > 0 ? _rules[i].Any : _rules[i].All.FirstOrDefault() ?? [];
            if (leads.Length == 0)
                _wordless[i >> 6] |= 1UL << (i & 63);
            foreach (var phrase in leads)
                (users[phrase] ??= []).Add(i);
        }
        _rulesOfPhrase = [.. users.Select(u => u?.ToArray() ?? [])];

        Compiled Compile(BounceRule rule)
        {
            try
            {
                return new Compiled(
                    rule,
                    VerdictOf(rule, 5),
                    VerdictOf(rule, 4),
                    [.. rule.Any.SelectMany(PhraseIds)],
                    [.. rule.All.Select(PhraseIds)],
                    [.. rule.None.SelectMany(PhraseIds)],
                    rule.Providers.Count == 0 ? null : rule.Providers.ToFrozenSet(StringComparer.Ordinal));
            }
            catch (FormatException e)
            {
                throw new RuleFaultsException("The rules", [$"line {rule.Line}, rule \"{rule.Id}\": {e.Message}"]);
            }
        }

        int[] PhraseIds(string text)
        {
            if (ids.TryGetValue(text, out var known))
                return known;
            var parsed = Phrase.Parse(text);
            var first = phrases.Count;
            phrases.AddRange(parsed);
            return ids[text] = [.. Enumerable.Range(first, parsed.Count)];
        }
    }

    /// <summary>Twelve hexadecimal digits that change with any rule.</summary>
    public string Version { get; }

    /// <summary>How many rules it has.</summary>
    public int Count => Rules.Count;

    /// <summary>How many of them are a user's: the first ones.</summary>
    public int UserCount { get; internal init; }

    internal IReadOnlyList<BounceRule> Rules { get; }

    /// <summary>The verdict of the first rule that applies; there is one for every reply.</summary>
    public Verdict Decide(SmtpReply reply, string? mxHost)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var severity = Severity(reply);
        var index = Find(reply, severity, mxHost);
        var (permanent, transient) = index < 0 ? _none : (_rules[index].Permanent, _rules[index].Transient);
        return severity == 4 ? transient : permanent;
    }

    internal BounceRule? Find(SmtpReply reply, string? mxHost) => Find(reply, Severity(reply), mxHost) is >= 0 and var index ? Rules[index] : null;

    // Without a code the status tells; without either it is a bounce mail that says it failed.
    private static int Severity(SmtpReply reply) => reply.Code switch
    {
        >= 400 and < 500 => 4,
        >= 500 and < 600 => 5,
        _ => reply.Status?.Class == 4 ? 4 : 5,
    };

    private int Find(SmtpReply reply, int severity, string? mxHost)
    {
        Span<char> text = stackalloc char[FoldedText.MaxLength];
        text = text[..FoldedText.Fold(reply.Text, text)];
        Span<ulong> found = stackalloc ulong[(_index.Count + 63) / 64];
        Span<RecentEnds> progress = stackalloc RecentEnds[_index.ProgressCount];
        _index.Find(text, found, progress);

        Span<ulong> candidates = stackalloc ulong[_wordless.Length];
        _wordless.CopyTo(candidates);
        for (var word = 0; word < found.Length; word++)
        {
            for (var bits = found[word]; bits != 0; bits &= bits - 1)
            {
                foreach (var rule in _rulesOfPhrase[(word << 6) + BitOperations.TrailingZeroCount(bits)])
                    candidates[rule >> 6] |= 1UL << (rule & 63);
            }
        }

        string? provider = null;
        for (var word = 0; word < candidates.Length; word++)
        {
            for (var bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                var index = (word << 6) + BitOperations.TrailingZeroCount(bits);
                ref readonly var rule = ref _rules[index];
                if (!rule.AppliesTo(reply, severity, found))
                    continue;
                if (rule.Providers is { } providers && (mxHost is null || !providers.Contains(provider ??= _providers.Find(mxHost)?.Name ?? "")))
                    continue;
                return index;
            }
        }
        return -1;
    }

    private Verdict VerdictOf(BounceRule? rule, int severity)
    {
        var @class = rule?.Class ?? ReplyClass.Undetermined;
        var meaning = ClassMeanings.Of(@class);
        var transient = severity == 4;
        // "User unknown" for now is not yet a wrong address: it keeps its reason, and waits.
        return new Verdict(
            transient && (rule?.Type ?? meaning.Type) == FailureType.Hard ? FailureType.Soft : rule?.Type ?? (transient && meaning.Code == BounceCode.GenericBounce ? FailureType.Soft : meaning.Type),
            rule?.Reason ?? meaning.Reason,
            rule?.Code ?? (transient ? meaning.TransientCode : null) ?? meaning.Code,
            @class,
            rule?.Id ?? "none",
            Final: !transient && rule is not null && !(rule.Retry ?? meaning.Retried))
        { RuleSet = Version };
    }

    private readonly struct Compiled(BounceRule rule, Verdict permanent, Verdict transient, int[] any, int[][] all, int[] none, FrozenSet<string>? providers)
    {
        private readonly CodePattern[] _codes = [.. rule.Codes];
        private readonly StatusPattern[] _statuses = [.. rule.Statuses];
        private readonly SmtpCommand[] _commands = [.. rule.Commands];

        public Verdict Permanent { get; } = permanent;

        public Verdict Transient { get; } = transient;

        public int[] Any { get; } = any;

        public int[][] All { get; } = all;

        public FrozenSet<string>? Providers { get; } = providers;

        /// <summary>To a reply in which one of <see cref="Any"/> was found, where there are any.</summary>
        public bool AppliesTo(SmtpReply reply, int severity, ReadOnlySpan<ulong> found)
        {
            if (_codes.Length > 0 && !HasCode(reply.Code, severity))
                return false;
            if (_statuses.Length > 0 && !HasStatus(reply.Status, reply.Code))
                return false;
            if (_commands.Length > 0 && !_commands.Contains(reply.Command))
                return false;
            foreach (var phrases in All)
            {
                if (!Has(phrases, found))
                    return false;
            }
            return !Has(none, found) && (rule.Pattern is not { } pattern || pattern.IsMatch(reply.Text));
        }

        private bool HasCode(int code, int severity)
        {
            foreach (var pattern in _codes)
            {
                if (pattern.Matches(code, severity))
                    return true;
            }
            return false;
        }

        // A status whose class contradicts the basic code is no guide (RFC 2034 §4).
        private bool HasStatus(EnhancedStatusCode? status, int code)
        {
            if (status is not { } known || (code != 0 && known.Class != code / 100))
                return false;
            foreach (var pattern in _statuses)
            {
                if (pattern.Matches(known))
                    return true;
            }
            return false;
        }

        private static bool Has(int[] phrases, ReadOnlySpan<ulong> found)
        {
            foreach (var phrase in phrases)
            {
                if ((found[phrase >> 6] & (1UL << (phrase & 63))) != 0)
                    return true;
            }
            return false;
        }
    }
}
