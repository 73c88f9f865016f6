using System.Text;
using System.Text.Unicode;

namespace EnhancedMta.Smtp;

/// <summary>Makes text of a reply's octets: any octets may come, only what can be stored and shown goes on.</summary>
internal static class ReplyText
{
    /// <param name="octets">Lines without codes, parted by line feeds; perhaps cut off in the middle of a character.</param>
    public static string From(ReadOnlySpan<byte> octets)
    {
        octets = WithoutTornCharacter(octets);
        // Replies are ASCII, or UTF-8 after SMTPUTF8 (RFC 6531 §3.7.4.1); old servers speak Latin-1.
        var text = (Utf8.IsValid(octets) ? Encoding.UTF8 : Encoding.Latin1).GetString(octets);
        if (text.Length > SmtpReply.MaxTextLength)
            text = text[..(char.IsHighSurrogate(text[SmtpReply.MaxTextLength - 1]) ? SmtpReply.MaxTextLength - 1 : SmtpReply.MaxTextLength)];
        return text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.AsSpan().ContainsAnyInRange('\x7f', '\x9f') ? Printable(text) : text;
    }

    private static string Printable(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = char.IsControl(source[i]) && source[i] != '\n' ? ' ' : source[i];
    });

    private static ReadOnlySpan<byte> WithoutTornCharacter(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty || octets[^1] < 0x80)
            return octets;
        var start = octets.Length - 1;
        while (start > 0 && octets.Length - start < 4 && (octets[start] & 0xC0) == 0x80)
            start--;
        return Rune.DecodeFromUtf8(octets[start..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? octets[..start] : octets;
    }
}
