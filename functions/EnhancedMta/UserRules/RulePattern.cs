using System.Globalization;
using System.Text.RegularExpressions;

namespace EnhancedMta.UserRules;

/// <summary>Makes regular expressions of a rule's pattern that take time and memory in proportion to the text, whoever wrote them.</summary>
internal static partial class RulePattern
{
    private const int MaxRepetitions = 1_000;

    /// <exception cref="FormatException">It cannot be used.</exception>
    public static Regex Read(string pattern)
    {
        // Each repetition is a copy in the automaton.
        if (RepetitionsIn(pattern) > MaxRepetitions)
            throw new FormatException($"\"pattern\" repeats by more than {MaxRepetitions} times in all");
        return Make(pattern);
    }

    /// <summary>One for several patterns, of which a text matches any.</summary>
    /// <exception cref="FormatException">One cannot be used.</exception>
    public static Regex Read(IReadOnlyList<string> patterns)
    {
        // Each by itself too: a bracket that is open in one and closed in the next is a mistake.
        var each = patterns.Select(Read).ToList();
        return each.Count == 1 ? each[0] : Make(string.Join('|', patterns.Select(pattern => $"(?:{pattern})")));
    }

    /// <summary>How many parts its automaton has at most.</summary>
    public static long CostOf(string pattern) => pattern.Length * RepetitionsIn(pattern);

    private static long RepetitionsIn(string pattern) =>
        Repetitions().Matches(pattern).Aggregate(1L, (product, bounds) => product > MaxRepetitions ? product : product * Most(bounds));

    private static Regex Make(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"\"pattern\" cannot be used: {e.Message}");
        }
        catch (NotSupportedException e)
        {
            throw new FormatException($"\"pattern\" cannot be used, because it could be made slow (no look-around, no back references): {e.Message}");
        }
    }

    private static long Most(Match bounds) => bounds.Groups["digits"].Captures.Max(c => c.Length > 6 ? MaxRepetitions + 1 : Math.Max(1, long.Parse(c.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"\{(?<digits>[0-9]+)(,(?<digits>[0-9]+)?)?\}")]
    private static partial Regex Repetitions();
}
