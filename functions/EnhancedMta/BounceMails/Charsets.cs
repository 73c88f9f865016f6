using System.Text;
using System.Text.Unicode;

namespace EnhancedMta.BounceMails;

/// <summary>Which charset a text is really in: its own octets say more than its label.</summary>
internal static class Charsets
{
    static Charsets() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Encoding Guess(ReadOnlySpan<byte> text, string? label)
    {
        // RFC 1468: escape sequences of ISO-2022-JP occur in nothing else.
        if (text.IndexOf("\e$"u8) >= 0)
            return Find(label is not null && label.StartsWith("iso-2022-", StringComparison.OrdinalIgnoreCase) ? label : "iso-2022-jp") ?? Encoding.Latin1;
        if (!text.ContainsAnyInRange((byte)0x80, (byte)0xFF) && !IsWide(label))
            return Encoding.UTF8;
        // No text of another charset of any length is by chance valid UTF-8; a cap may have cut its last character.
        if (Utf8.IsValid(text) || Utf8.IsValid(text[..LastCharacter(text)]))
            return IsWide(label) ? Find(label!)! : Encoding.UTF8;
        return Find(label) ?? Find("windows-1252")!;
    }

    private static int LastCharacter(ReadOnlySpan<byte> text)
    {
        var end = text.Length;
        while (end > 0 && end > text.Length - 4 && (text[end - 1] & 0xC0) == 0x80)
            end--;
        return Math.Max(0, end - 1);
    }

    private static bool IsWide(string? label) =>
        label is not null && (label.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || label.StartsWith("hz-", StringComparison.OrdinalIgnoreCase))
        && Find(label) is not null;

    private static Encoding? Find(string? label)
    {
        if (label is null || label.Length > 40 || label.StartsWith("utf-7", StringComparison.OrdinalIgnoreCase))
            return null;
        var name = label.Trim().Trim('"', '\'').ToLowerInvariant() switch
        {
            "utf8" or "us-ascii" or "ascii" or "utf-8" => null,
            "cp1251" => "windows-1251",
            "cp1252" or "iso-8859-1" or "latin1" => "windows-1252",
            "cp932" or "x-sjis" or "sjis" or "ms932" or "windows-31j" => "shift_jis",
            "gbk" or "gb2312" or "x-gbk" or "cp936" => "gb18030",
            "cp949" or "ks_c_5601-1987" => "euc-kr",
            var other => other,
        };
        try
        {
            return name is null ? null : Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
