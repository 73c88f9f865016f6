using System.Buffers;
using System.Globalization;
using System.Text;

namespace EnhancedMta.Addresses;

// What may stand before the @: a dot-string or a quoted string (RFC 5321 §4.1.2), each with UTF-8 (RFC 6531 §3.3).
public sealed partial record EmailAddress
{
    private const int MaxLocalPartOctets = 64; // RFC 5321 §4.5.3.1.1

    // RFC 5322 §3.2.3 atext, and the dot between atoms.
    private static readonly SearchValues<char> DotString =
        SearchValues.Create("!#$%&'*+-/0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~.");

    private static string? LocalPartFault(string local)
    {
        if (local.Length == 0)
            return "nothing stands before the @";
        if (HasForbiddenCharacter(local))
            return "the part before the @ contains a control character, an invisible character or half a character";
        if (Encoding.UTF8.GetByteCount(local) > MaxLocalPartOctets)
            return $"the part before the @ is longer than {MaxLocalPartOctets} octets";
        return local[0] == '"' ? QuotedStringFault(local) : DotStringFault(local);
    }

    private static string? DotStringFault(string local)
    {
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return "dots must stand between other characters; put the part before the @ in double quotes if it is really so";
        foreach (var c in local)
        {
            if (c < 0x80 && !DotString.Contains(c))
                return $"the character '{c}' is not allowed outside double quotes; give a bare address, without a name";
            if (c >= 0x80 && char.IsWhiteSpace(c))
                return "it contains a space that is not an ASCII space (often copied from a web page)";
        }
        return null;
    }

    private static string? QuotedStringFault(string local)
    {
        if (local.Length < 2 || local[^1] != '"')
            return "the opening double quote has no closing one before the @";
        var inner = local.AsSpan(1, local.Length - 2);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '"')
                return "a double quote inside the quoted part needs a backslash before it";
            if (inner[i] == '\\' && (++i == inner.Length || inner[i] >= 0x80))
                return "a backslash in the quoted part must be followed by an ASCII character";
        }
        return null;
    }

    // Format characters (zero width, direction marks) change what people see and not what a server compares: nobody has them on purpose.
    private static bool HasForbiddenCharacter(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsControl(text[i]) || char.IsSurrogate(text[i])
                || char.GetUnicodeCategory(text[i]) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                return true;
        }
        return false;
    }
}
