using System.Buffers;

namespace EnhancedMta.BounceMails;

/// <summary>An address in a text: <c>text[Start..End]</c>, angle brackets and quotes not included.</summary>
internal readonly record struct FoundAddress(int Start, int End, string Address);

/// <summary>Finds addresses in text that people and machines wrote. Looser than RFC 5321 §4.1.2: reports quote what the sender typed.</summary>
internal static class AddressScan
{
    private const int MaxLength = 320;

    // RFC 5322 §3.2.3, without the apostrophe and backtick that quote whole addresses more often than they are in one.
    private static readonly SearchValues<char> LocalPart =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-/=?^_{|}~.");

    /// <summary>All of them in their order, at most <paramref name="max"/>.</summary>
    public static List<FoundAddress> All(string text, int max = 100)
    {
        var found = new List<FoundAddress>();
        for (var from = 0; found.Count < max && text.IndexOf('@', from) is >= 0 and var at;)
        {
            if (At(text, at, from) is { } address)
            {
                found.Add(address);
                from = address.End;
            }
            else
            {
                from = at + 1;
            }
        }
        return found;
    }

    /// <summary>Those in any of the values, each once.</summary>
    public static List<string> Of(IEnumerable<string> values) =>
        [.. values.SelectMany(value => All(value)).Select(found => found.Address).Distinct(StringComparer.OrdinalIgnoreCase)];

    public static FoundAddress? First(string text) => All(text, 1) is [var first] ? first : null;

    /// <summary>The address that a field's value gives: in angle brackets, or its first.</summary>
    public static string? Only(string? value) => value is null ? null : First(value)?.Address;

    private static FoundAddress? At(string text, int at, int from)
    {
        var start = LocalStart(text, at, from);
        var end = DomainEnd(text, at + 1);
        if (start == at || end == at + 1 || end - start > MaxLength)
            return null;
        return new FoundAddress(start, end, text[start..end]);
    }

    private static int LocalStart(string text, int at, int from)
    {
        var lowest = Math.Max(from, at - MaxLength);
        // RFC 5321 §4.1.2: a quoted local part; a quote without its partner on the line is no such thing.
        if (at > lowest && text[at - 1] == '"')
        {
            var quote = at - 2 < lowest ? -1 : text.LastIndexOf('"', at - 2, at - 1 - lowest);
            return quote >= 0 && quote < at - 2 && text.AsSpan(quote, at - quote).IndexOf('\n') < 0 ? quote : at;
        }

        var bracket = at == 0 ? -1 : text.LastIndexOf('<', at - 1, at - lowest);
        var start = at;
        while (start > lowest && (LocalPart.Contains(text[start - 1]) || IsApostrophe(text, start - 1, lowest)))
            start--;
        // RFC 6531: letters of other scripts, only where brackets show where the address begins. Text without blanks is around others.
        if (bracket >= 0 && bracket < start && text.AsSpan(bracket + 1, start - bracket - 1).IndexOfAny(" \t\n>:") < 0)
            start = bracket + 1;
        // "mailto=" and bullets are not of it, nor is a dot that ends the sentence before.
        // A path in a mailbox's name is the server's, and no address's.
        if (text.AsSpan(start, at - start).LastIndexOf('/') is > 0 and var slash && text[start] is '/' or '~')
            start += slash + 1;
        while (start < at && !text.AsSpan(start).StartsWith("=?") && text[start] is '.' or '=' or '-' or '/' or '*' or '|' or '#' or '&' or '?')
            start++;
        // X.400 wrote "dda:SMTP=a@b".
        var type = text.AsSpan(start, at - start);
        return type.StartsWith("smtp=", StringComparison.OrdinalIgnoreCase) ? start + 5 : type.StartsWith("rfc822=", StringComparison.OrdinalIgnoreCase) ? start + 7 : start;
    }

    private static bool IsApostrophe(string text, int index, int lowest) =>
        text[index] == '\'' && index > lowest && char.IsAsciiLetterOrDigit(text[index - 1]);

    private static int DomainEnd(string text, int start)
    {
        if (start < text.Length && text[start] == '[')
        {
            var close = text.IndexOf(']', start, Math.Min(64, text.Length - start));
            return close < 0 ? start : close + 1;
        }
        var end = start;
        var before = text.AsSpan(Math.Max(0, start - MaxLength), Math.Min(start, MaxLength));
        var bracketed = before.LastIndexOf('<') > before.LastIndexOf('>');
        while (end < text.Length && end - start < 255
            && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '.' or '_' || (bracketed && text[end] > 127 && char.IsLetterOrDigit(text[end]))))
            end++;
        while (end > start && text[end - 1] is '.' or '-' or '_')
            end--;
        return end;
    }
}
