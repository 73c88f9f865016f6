using System.Text;
using MimeKit.Encodings;

namespace EnhancedMta.BounceMails;

/// <summary>The text of a part: transfer encoding and charset undone, line ends made line feeds, control characters made blanks.</summary>
internal static class PartText
{
    public static string Of(MailPart part)
    {
        var octets = Decoded(part.Content.WrittenSpan.ToArray(), part.Fields["Content-Transfer-Encoding"]);
        return Clean(Charsets.Guess(octets, part.Charset).GetString(octets));
    }

    // RFC 2045 §6. Anything else is taken as it is.
    private static byte[] Decoded(byte[] content, string? encoding)
    {
        IMimeDecoder? decoder = encoding?.Trim().ToLowerInvariant() switch
        {
            "base64" => new Base64Decoder(),
            "quoted-printable" => new QuotedPrintableDecoder(),
            "x-uuencode" or "uuencode" or "x-uue" => new UUDecoder(),
            _ => null,
        };
        if (decoder is null)
            return content;
        var output = new byte[decoder.EstimateOutputLength(content.Length)];
        return output[..decoder.Decode(content, 0, content.Length, output)];
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\r')
            {
                if (i + 1 == text.Length || text[i + 1] != '\n')
                    clean.Append('\n');
            }
            else if (c is '\n' or '\t')
            {
                clean.Append(c);
            }
            else if (c is not ('\uFEFF' or '\u200E' or '\u200F' or '\u200B'))
            {
                clean.Append(char.IsControl(c) || c == '\u00A0' ? ' ' : c);
            }
        }
        return clean.ToString();
    }
}
