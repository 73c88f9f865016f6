using System.IO.Compression;
using System.Text;
using EnhancedMta.Ingestion;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>A relay request, in each of its forms. What is accepted must be fit to be sent.</summary>
internal sealed class RelayRequestTarget() : FuzzTarget("relay-requests", weight: 20, maxLength: 60_000)
{
    private static readonly string[] Types = ["application/x-ndjson", "application/x-ndjson", "application/json", "message/rfc822"];

    private readonly RelayRequestReader _reader = new(
        IngestionLimits.Default, new ReturnPathCodec([Encoding.ASCII.GetBytes("a key for fuzzing only, 32 octets")], "bounces.example"), TimeProvider.System);

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. Octets(
            "{\"messageId\":\"1\",\"to\":\"jane@example.com\",\"mime\":\"From: Shop <news@shop.example>\\r\\nTo: jane@example.com\\r\\nSubject: Hi\\r\\n\\r\\nHello Jane\\r\\n\"}\n{\"messageId\":2,\"to\":\"jo@example.com\",\"from\":\"Shop <news@shop.example>\",\"subject\":\"H\\u00e9\",\"html\":\"<p>Hi</p>\",\"text\":\"Hi\"}\n",
            "[{\"messageId\":\"1\",\"to\":\"jane@example.com\",\"from\":\"news@shop.example\",\"replyTo\":\"a@shop.example\",\"subject\":\"Hi\",\"text\":\"x\",\"headers\":{\"X-Campaign\":\"1\",\"List-Unsubscribe\":\"<https://shop.example/u>\"},\"attachments\":[{\"name\":\"a.txt\",\"contentType\":\"text/plain\",\"content\":\"SGVsbG8=\"}]}]",
            "{\"messageId\":\"3\",\"to\":\"élodie@bücher.example\",\"from\":\"news@shop.example\",\"subject\":\"x\",\"text\":\"y\"}",
            "From: a@shop.example\r\nTo: b@example.com\r\nSubject: =?utf-8?Q?=C3=A9?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\né\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=A9</p>\r\n--b--\r\n"),
        Gzip("{\"messageId\":\"1\",\"to\":\"jane@example.com\",\"from\":\"news@shop.example\",\"subject\":\"Hi\",\"text\":\"x\"}\n"u8.ToArray()),
    ];

    public override IReadOnlyList<byte[]> Words { get; } = Octets(
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\u0000", "null", "true", "1e999", "-0", "\"messageId\":", "\"to\":", "\"mime\":", "\"headers\":{", "\"attachments\":[{", "\"a@b.example\"", "\n", "\r\n", "\r", "\0", "é", "\uFEFF", "\u2028", "\\r\\nBcc: x@y.example\\r\\n",
        "Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\n", "--b--\r\n", "Content-Type: message/rfc822\r\n\r\n", "Content-Transfer-Encoding: base64\r\n", "Content-Type: multipart/signed; boundary=b\r\n", "From: é@b.example\r\n", ".\r\n", "=?utf-8?Q?=0D=0A?=", "xn--", "@", "<", ">");

    public override void Read(byte[] input, Random random)
    {
        var isGzip = input is [0x1f, 0x8b, ..];
        using var body = new MemoryStream(input);
        var request = new RelayRequest(body, Types[random.Next(Types.Length)], "DM42") { ContentEncoding = isGzip ? "gzip" : null, MessageId = "1", To = "jane@example.com" };
        try
        {
            foreach (var line in _reader.ReadAsync(request, CancellationToken.None).ToBlockingEnumerable())
            {
                if (line is IncomingMessage message)
                    Judge(message);
            }
        }
        catch (RelayRequestException)
        {
            // The one that it may throw.
        }
    }

    private static void Judge(IncomingMessage message)
    {
        var content = message.Content.ToArray();
        var scan = LineScan.Of(content);
        Hold(!scan.BareEnds, "a bare CR or LF came through");
        Hold(scan.Longest <= 998, "a line of more than 998 octets came through");
        Hold(!content.Contains((byte)0), "NUL came through");
        Hold(content is [.., (byte)'\r', (byte)'\n'], "the end of the last line is missing");
        Hold(Ascii.IsValid(content) || message.EightBit, "8-bit content that does not say so");
    }

    private static byte[] Gzip(byte[] octets)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(octets);
        return output.ToArray();
    }
}
