using System.Buffers;
using System.Globalization;
using System.Text;

namespace EnhancedMta.Smtp;

/// <summary>
/// Reads a reply as others quote it: with its code or without, its lines on lines of their own or run together
/// (<c>550-5.7.1 first 550 5.7.1 second</c>), behind words of whoever quotes it (<c>host mx.example said: 550 …</c>).
/// </summary>
public static class QuotedReply
{
    /// <summary>More than this is not read: the rest of a longer quotation is no reply's.</summary>
    private const int MaxQuoted = 4 * SmtpReply.MaxTextLength;

    private static readonly SearchValues<char> StatusCharacters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> Opening = SearchValues.Create("\"'(<[ \t#*");

    // "said: 550 …", "error: 550 …", but not "550 miles": only what introduces a quotation makes a number in mid-text a code.
    private static readonly string[] Introductions = ["said:", "said", "responded:", "response:", "responsecode", "error_code :", "error:", "error", "replied:", "reply:", "reply was:", "answered:", "returned:", "returned", "smtp;", "<<<", "],", ":"];

    /// <param name="quotation">Any text; control characters count as blanks.</param>
    /// <param name="command">What it answered, when that is known.</param>
    /// <returns>A reply whose <see cref="SmtpReply.Code"/> is 0 when the text has none.</returns>
    public static SmtpReply Parse(string quotation, SmtpCommand command = SmtpCommand.Unknown)
    {
        ArgumentNullException.ThrowIfNull(quotation);
        var text = quotation.AsSpan(0, Math.Min(quotation.Length, MaxQuoted)).Trim();
        var start = CodeStart(text);
        if (start < 0)
        {
            var words = Blanks(text);
            return new SmtpReply(0, FindStatus(words), words, command);
        }

        var code = int.Parse(text.Slice(start, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var lines = WithoutCodes(text[(start + 3)..].TrimStart("-:, '"), text.Slice(start, 3));
        return new SmtpReply(code, FindStatus(lines), lines, command);
    }

    /// <summary>The first enhanced status code of the text, at its start or in brackets or between blanks; never a part of an address or a version.</summary>
    public static EnhancedStatusCode? FindStatus(ReadOnlySpan<char> text)
    {
        for (var i = 0; i + 5 <= text.Length; i++)
        {
            if (text[i] is not ('2' or '4' or '5') || text[i + 1] != '.')
                continue;
            if (i > 0 && (char.IsLetterOrDigit(text[i - 1]) || text[i - 1] is '.' or '-' or '_' or '/' or '=' or '@'))
                continue;
            if (EnhancedStatusCode.TryParse(text[i..], out var status) && !FollowedByPart(text[i..]))
                return status;
        }
        return null;
    }

    // "5.1.1-rc" and "5.1.1_x" are versions and names.
    private static bool FollowedByPart(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(StatusCharacters);
        return end > 0 && end + 1 < text.Length && text[end] is '-' or '_' && char.IsAsciiLetterLower(text[end + 1]);
    }

    private static int CodeStart(ReadOnlySpan<char> text)
    {
        var first = text.IndexOfAnyExcept(Opening);
        if (first >= 0 && first <= 4 && IsCode(text, first))
            return first;
        if (Introduced(text) is >= 0 and var introduced)
            return introduced;

        // Somewhere inside, when an enhanced status of the same class follows: nothing else looks like this.
        for (var i = 1; i + 9 <= text.Length; i++)
        {
            if (text[i] is '4' or '5' && !char.IsLetterOrDigit(text[i - 1]) && text[i - 1] != '.' && IsCode(text, i)
                && text[i + 4] == text[i] && EnhancedStatusCode.TryParse(text[(i + 4)..], out _))
                return i;
        }
        return -1;
    }

    // The first code that an introduction stands before.
    private static int Introduced(ReadOnlySpan<char> text)
    {
        var first = -1;
        foreach (var introduction in Introductions)
        {
            var end = first < 0 ? text.Length : first;
            for (var from = 0; from < end;)
            {
                var at = text[from..end].IndexOf(introduction, StringComparison.OrdinalIgnoreCase);
                if (at < 0)
                    break;
                from += at + introduction.Length;
                // A bare word introduces only what stands on its line.
                var next = from + LeadingBlanks(text[from..], char.IsLetter(introduction[^1]) ? " \t\"'[(" : " \t\r\n\"'[(");
                if (IsCode(text, next) && (next > from || introduction != ":"))
                {
                    first = next;
                    break;
                }
            }
        }
        return first;
    }

    private static int LeadingBlanks(ReadOnlySpan<char> text, ReadOnlySpan<char> blanks)
    {
        var count = text.IndexOfAnyExcept(blanks);
        return count < 0 ? text.Length : count;
    }

    // RFC 5321 §4.2: the second digit is 0 to 5.
    private static bool IsCode(ReadOnlySpan<char> text, int at) =>
        at + 3 <= text.Length && text[at] is '4' or '5' && text[at + 1] is >= '0' and <= '9' && char.IsAsciiDigit(text[at + 2])
        && (at + 3 == text.Length || text[at + 3] is ' ' or '-' or '\t' or '\r' or '\n' or ',' or ':' or ';' or '#' or '"');

    // Each further line repeats the code; run together, the code before "-" or before the same enhanced status is such a line's.
    private static string WithoutCodes(ReadOnlySpan<char> text, ReadOnlySpan<char> code)
    {
        var lines = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var atWord = i == 0 || char.IsWhiteSpace(text[i - 1]);
            if (atWord && text[i..].StartsWith(code) && IsLineStart(text[i..], atLineStart: i == 0 || text[i - 1] is '\n' or '\r'))
            {
                TrimEnd(lines);
                if (lines.Length > 0)
                    lines.Append('\n');
                i += 4;
                continue;
            }
            if (char.IsWhiteSpace(text[i]) || char.IsControl(text[i]))
            {
                if (lines.Length > 0 && !char.IsWhiteSpace(lines[^1]))
                    lines.Append(' ');
            }
            else
            {
                lines.Append(text[i]);
            }
            i++;
        }
        TrimEnd(lines);
        return Capped(WithoutClosing(lines.ToString()));
    }

    // What closes a quotation that was opened before the code.
    private static string WithoutClosing(string text) =>
        text.Length > 1 && text[^1] is ')' or ']' or '"' or '\'' && text.AsSpan(0, text.Length - 1).IndexOf(text[^1] switch { ')' => '(', ']' => '[', var quote => quote }) < 0
            ? text[..^1].TrimEnd() : text;

    private static bool IsLineStart(ReadOnlySpan<char> text, bool atLineStart) =>
        text.Length > 4 && (text[3] == '-' || (text[3] == ' ' && (atLineStart || (text[4] == text[0] && EnhancedStatusCode.TryParse(text[4..], out _)))));

    private static void TrimEnd(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
            text.Length--;
    }

    private static string Blanks(ReadOnlySpan<char> text) =>
        Capped(string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    private static string Capped(string text) => text.Length > SmtpReply.MaxTextLength
        ? text[..(char.IsHighSurrogate(text[SmtpReply.MaxTextLength - 1]) ? SmtpReply.MaxTextLength - 1 : SmtpReply.MaxTextLength)]
        : text;
}
