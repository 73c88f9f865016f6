using System.Buffers;

namespace EnhancedMta.BounceRules;

/// <summary>
/// Text as rules see it: lower case, Latin letters without their accents, blanks and line ends as one blank, and each mail address as a
/// single <c>@</c>, so that a local part such as <c>full.mailbox</c> decides nothing. One character for each, so that positions are cheap.
/// </summary>
internal static class FoldedText
{
    /// <summary>A reply of more characters is cut: what a server has not said by then it does not mean.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<char> AddressChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-");

    // From U+00C0: the base letter of each letter of Latin-1 and Latin Extended-A.
    private const string Bases =
        "aaaaaaaceeeeiiiidnooooo×ouuuuypsaaaaaaaceeeeiiiidnooooo÷ouuuuypy" +
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll" +
        "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    /// <summary>Folds <paramref name="text"/> into <paramref name="target"/>, which has at least <see cref="MaxLength"/> characters.</summary>
    /// <returns>How many were written.</returns>
    public static int Fold(ReadOnlySpan<char> text, Span<char> target)
    {
        var length = 0;
        var blank = true;
        for (var i = 0; i < text.Length && length < MaxLength; i++)
        {
            var c = text[i];
            if (c <= ' ' || c == '\u00a0' || c == '\u3000')
            {
                if (!blank)
                    target[length++] = ' ';
                blank = true;
                continue;
            }
            blank = false;
            if (c == '@' && length > 0 && IsAddress(text, i))
            {
                // The local part was written already: take it back, and skip the domain.
                // Two dots in a row are no part of it (RFC 5322 §3.2.3): "unknown...ada@example.com".
                while (length > 0 && AddressChars.Contains(target[length - 1]) && !target[..length].EndsWith(".."))
                    length--;
                target[length++] = '@';
                while (i + 1 < text.Length && (char.IsLetterOrDigit(text[i + 1]) || text[i + 1] is '-' or '.'))
                    i++;
                // The full stop behind it ends the sentence.
                if (text[i] == '.')
                    i--;
                continue;
            }
            target[length++] = Fold(c);
        }
        if (length > 0 && target[length - 1] == ' ')
            length--;
        return length;
    }

    public static string Fold(ReadOnlySpan<char> text)
    {
        Span<char> target = stackalloc char[MaxLength];
        return new string(target[..Fold(text, target)]);
    }

    private static char Fold(char c) => c switch
    {
        < '\u0080' => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c,
        '\u2018' or '\u2019' or '\u00b4' => '\'',
        '\u201c' or '\u201d' or '\u00ab' or '\u00bb' => '"',
        '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' => '-',
        >= '\u00c0' when c - '\u00c0' < Bases.Length => Bases[c - '\u00c0'],
        // Full-width forms of ASCII, as Japanese and Chinese servers use them.
        >= '\uff01' and <= '\uff5e' => Fold((char)(c - 0xfee0)),
        _ => char.ToLowerInvariant(c),
    };

    private static bool IsAddress(ReadOnlySpan<char> text, int at) =>
        AddressChars.Contains(text[at - 1]) && at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1]);
}
