using System.Buffers;
using System.IO.Enumeration;

namespace EnhancedMta.MxRules;

/// <summary>Masks of MX hosts: <c>*</c> stands for any characters, none too, and <c>?</c> for one.</summary>
internal static class HostMask
{
    /// <summary>A host name has at most 253 characters (RFC 1035 §2.3.4, without the root).</summary>
    private const int MaxLength = 255;

    // Names in A-labels, and the address literals that routes may name.
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_:*?");

    /// <returns>The mask in lower case.</returns>
    /// <exception cref="FormatException">No host can match it.</exception>
    public static string Read(string text)
    {
        var mask = text.ToLowerInvariant().TrimEnd('.');
        if (mask.Length is 0 or > MaxLength)
            throw new FormatException($"mx \"{text}\" must have 1 to {MaxLength} characters");
        if (!mask.All(char.IsAscii))
            throw new FormatException($"mx \"{text}\" must be written in A-labels (xn--…), as in the DNS");
        if (mask.AsSpan().ContainsAnyExcept(Characters) || mask.Contains("..", StringComparison.Ordinal))
            throw new FormatException($"mx \"{text}\" is no host name with * and ?");
        return mask;
    }

    public static bool Matches(string mask, string host) => FileSystemName.MatchesSimpleExpression(mask, host, ignoreCase: true);

    /// <summary>Whether each host of <paramref name="narrow"/> is one of <paramref name="wide"/>. False may also mean that it is not known.</summary>
    public static bool Covers(string wide, string narrow) =>
        wide == narrow || ((!narrow.Contains('*', StringComparison.Ordinal) || !wide.Contains('?', StringComparison.Ordinal)) && Matches(wide, narrow));

    /// <summary>A host that matches it, to try rules with.</summary>
    public static string ExampleOf(string mask) => mask.Replace('*', 'x').Replace('?', '0');
}
