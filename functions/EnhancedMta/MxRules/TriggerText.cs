using System.Buffers;
using System.Globalization;
using System.Text;
using EnhancedMta.BounceRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.MxRules;

/// <summary>
/// A reply as triggers' patterns see it: <c>421 4.7.0 text</c>, folded as bounce rules' phrases see text, so that an address in it sets off
/// nothing. Its lines are one: the enhanced status that begins each further line stands there once (RFC 2034 §4).
/// </summary>
internal static class TriggerText
{
    private static readonly SearchValues<char> StatusCharacters = SearchValues.Create("0123456789.");

    public static string Of(SmtpReply reply)
    {
        var text = reply.Text.AsSpan();
        if (text.Contains('\n'))
            text = Joined(reply);
        return string.Create(CultureInfo.InvariantCulture, $"{reply.Code} {FoldedText.Fold(text)}");
    }

    private static string Joined(SmtpReply reply)
    {
        var joined = new StringBuilder(reply.Text.Length);
        foreach (var range in reply.Text.AsSpan().Split('\n'))
        {
            var line = reply.Text.AsSpan(range).Trim();
            if (joined.Length > 0)
            {
                joined.Append(' ');
                if (EnhancedStatusCode.TryParse(line, out var status) && status == reply.Status)
                    line = line[line.IndexOfAnyExcept(StatusCharacters) is > 0 and var end ? end.. : line.Length..].TrimStart();
            }
            joined.Append(line);
        }
        return joined.ToString();
    }
}
