using System.Net;
using System.Text;
using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>
/// A reply as Campaign counts equal ones together: addresses as <c>*</c>, whatever differs from message to message as <c>#xxx#</c>
/// (IP addresses, queue ids, times, host names of a cluster, what follows <c>?</c> in a link).
/// </summary>
public static class NormalizedReply
{
    private const string Variable = "#xxx#";
    private const string Address = "*";

    public static string Of(SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var text = reply.Code == 0 ? reply.Text : reply.ToString();
        var normalized = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !IsBreak(text[end]))
                end++;
            if (end > at)
                Append(normalized, text.AsSpan(at, end - at));
            if (end < text.Length && (text[end] != ' ' || normalized.Length == 0 || normalized[^1] != ' '))
                normalized.Append(text[end] is '\n' or '\t' ? ' ' : text[end]);
            at = end + 1;
        }
        return normalized.ToString().TrimEnd();
    }

    // Words are parted by blanks and by what quotes or brackets them.
    private static bool IsBreak(char c) => char.IsWhiteSpace(c) || c is '<' or '>' or '(' or ')' or '[' or ']' or '"' or '\'' or ',' or ';' or '{' or '}' or '|';

    private static void Append(StringBuilder normalized, ReadOnlySpan<char> word)
    {
        var core = word.TrimEnd(".:!?");
        var replacement = Replacement(core);
        if (replacement is null)
        {
            normalized.Append(word);
            return;
        }
        // "#xxx# #xxx#" says no more than one.
        if (replacement == Variable && normalized.Length >= Variable.Length + 1 && normalized[^1] == ' '
            && normalized.ToString(normalized.Length - 1 - Variable.Length, Variable.Length) == Variable)
            normalized.Length--;
        else
            normalized.Append(replacement);
        normalized.Append(word[core.Length..]);
    }

    private static string? Replacement(ReadOnlySpan<char> word)
    {
        if (word.Length < 2)
            return null;
        if (word.IndexOf("://", StringComparison.Ordinal) is > 0 and < 10)
            return Link(word);
        var at = word.LastIndexOf('@');
        if (at > 0 && at < word.Length - 1)
            return Address;
        if (EnhancedStatusCode.TryParse(word.TrimStart('#'), out _))
            return null;
        // Of IPv6 only: "4.5" parses as an address too, and four numbers are variable anyway.
        if (word[0] != ':' && word.Contains(':') && IPAddress.TryParse(word, out _))
            return Variable;
        return IsVariable(word) ? Variable : null;
    }

    private static string? Link(ReadOnlySpan<char> word)
    {
        var query = word.IndexOfAny('?', '#');
        return query < 0 ? null : string.Concat(word[..(query + 1)], Variable);
    }

    // Ids mix digits with other things and are long; codes that tell something (OFR_506, S3150, [TSS04]) are short. Long numbers count something.
    private static bool IsVariable(ReadOnlySpan<char> word)
    {
        var (digits, letters, dots) = (0, 0, 0);
        foreach (var c in word)
        {
            digits += char.IsAsciiDigit(c) ? 1 : 0;
            letters += char.IsLetter(c) ? 1 : 0;
            dots += c is '.' ? 1 : 0;
        }
        if (digits == 0)
            return false;
        // Times, dates, "192.0.2.1:25", mail1.example.net, 4bF2x1Q9z0.
        return letters == 0 ? digits >= 5 || word.Contains(':') || dots >= 3 : word.Length >= 10 || dots >= 2;
    }
}
