using System.Text;

namespace EnhancedMta.Addresses;

/// <summary>Takes addresses out of words that others wrote, before they are logged or kept where nobody would look for a recipient's data.</summary>
public static class AddressMask
{
    private const string Mask = "(address)";

    /// <summary>All of a text but what looks like an address: whatever stands around an @ up to a space, a bracket, a quote or the like.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('@', StringComparison.Ordinal))
            return text;
        var masked = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.IndexOf('@') is >= 0 and var at)
        {
            var begin = at;
            while (begin > 0 && IsOfAddress(rest[begin - 1]))
                begin--;
            var end = at + 1;
            while (end < rest.Length && (IsOfAddress(rest[end]) || rest[end] == '@'))
                end++;
            masked.Append(rest[..begin]).Append(Mask);
            rest = rest[end..];
        }

        return masked.Append(rest).ToString();
    }

    private static bool IsOfAddress(char c) => !char.IsWhiteSpace(c) && !char.IsControl(c) && c is not ('<' or '>' or '(' or ')' or '[' or ']' or '"' or ',' or ';' or ':' or '@');
}
