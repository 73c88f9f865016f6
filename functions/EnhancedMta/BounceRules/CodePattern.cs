using System.Globalization;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceRules;

/// <summary>Basic codes of a rule: <c>550</c>, or <c>55x</c>, <c>5xx</c> for all that begin so.</summary>
/// <param name="From">First code.</param>
/// <param name="To">Last code.</param>
internal readonly record struct CodePattern(int From, int To)
{
    public static CodePattern Parse(string text)
    {
        if (text.Length == 3 && text[0] is '4' or '5'
            && int.TryParse(text.Replace('x', '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && text.IndexOf('x', StringComparison.Ordinal) is var x && (x < 0 || text.AsSpan(x).Trim('x').IsEmpty))
            return new CodePattern(from, x switch { 1 => from + 99, 2 => from + 9, _ => from });
        throw new FormatException($"\"{text}\" is no reply code: write 550, 55x or 5xx");
    }

    /// <param name="code">0 when none was quoted.</param>
    /// <param name="severity">4 or 5, by code or status, or what is to be assumed.</param>
    public bool Matches(int code, int severity) => code == 0 ? To - From == 99 && From / 100 == severity : code >= From && code <= To;
}

/// <summary>Enhanced status codes of a rule: <c>5.1.1</c>, <c>x.1.1</c> for 4 and 5, <c>x.7.*</c> for all details.</summary>
/// <param name="Class">4 or 5; 0 for both.</param>
/// <param name="Subject">RFC 3463 §2.</param>
/// <param name="Detail">-1 for all.</param>
internal readonly record struct StatusPattern(int Class, int Subject, int Detail)
{
    public static StatusPattern Parse(string text)
    {
        if (text.Split('.') is [var @class, var subject, var detail]
            && @class is "4" or "5" or "x"
            && int.TryParse(subject, NumberStyles.None, CultureInfo.InvariantCulture, out var subjectNumber)
            && int.TryParse(detail == "*" ? "0" : detail, NumberStyles.None, CultureInfo.InvariantCulture, out var detailNumber))
            return new StatusPattern(@class == "x" ? 0 : @class[0] - '0', subjectNumber, detail == "*" ? -1 : detailNumber);
        throw new FormatException($"\"{text}\" is no enhanced status code: write 5.1.1, x.1.1 or x.7.*");
    }

    public bool Matches(EnhancedStatusCode status) =>
        (Class == 0 || Class == status.Class) && Subject == status.Subject && (Detail < 0 || Detail == status.Detail);
}
