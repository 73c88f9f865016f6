using System.Globalization;

namespace EnhancedMta.Smtp;

/// <summary>An enhanced mail system status code, <c>class.subject.detail</c> (RFC 3463 §2).</summary>
public readonly record struct EnhancedStatusCode(int Class, int Subject, int Detail)
{
    /// <summary>Reads the code at the start of <paramref name="text"/>: <c>2</c>, <c>4</c> or <c>5</c>, then two numbers of up to three digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EnhancedStatusCode code)
    {
        code = default;
        if (text.Length < 5 || text[0] is not ('2' or '4' or '5') || text[1] != '.')
            return false;
        var rest = text[2..];
        if (!TakeNumber(ref rest, out var subject) || rest.IsEmpty || rest[0] != '.')
            return false;
        rest = rest[1..];
        if (!TakeNumber(ref rest, out var detail) || (!rest.IsEmpty && (char.IsAsciiLetterOrDigit(rest[0]) || rest[0] == '.')))
            return false;
        code = new EnhancedStatusCode(text[0] - '0', subject, detail);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    private static bool TakeNumber(ref ReadOnlySpan<char> text, out int number)
    {
        var digits = 0;
        number = 0;
        while (digits < text.Length && digits < 3 && char.IsAsciiDigit(text[digits]))
            number = number * 10 + (text[digits++] - '0');
        text = text[digits..];
        return digits > 0;
    }
}
