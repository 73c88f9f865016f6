using System.Text;
using CsCheck;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>Whatever comes, only the typed failure may leave the reader, and valid neighbours survive.</summary>
public sealed class HostileInputTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "\"messageId\":", "\"to\":", "\"mime\":", "\"headers\":{", "\"attachments\":[{",
        "\"a@b.example\"", "\"1\"", "\"From: a@b.example\\r\\n\\r\\nx\"", "\"from\":\"é@b.example\"", "\r", "\0", "é", "\uFEFF", "1e999",
    ];

    private static readonly Gen<string> Fragments = Gen.OneOf(Gen.OneOf(Pieces), Gen.String).Array[0, 30].Select(string.Concat);

    private static readonly Gen<byte[]> Noise = Gen.OneOf(Gen.Byte.Array[0, 300], Fragments.Select(Encoding.UTF8.GetBytes));

    [Fact]
    public void Noise_in_any_form_gives_lines_or_the_typed_failure() =>
        Gen.Select(Noise, Gen.OneOf("application/x-ndjson", "application/json", "message/rfc822"), Gen.OneOf<string?>(null, "gzip"))
            .Sample((octets, type, encoding) =>
            {
                // Anything but the typed failure fails the test.
                ReadAsync(octets, type, encoding).GetAwaiter().GetResult();
            }, iter: 3_000);

    [Fact]
    public void A_noisy_line_never_spoils_its_neighbours() =>
        Noise.Array[1, 5].Sample(noise =>
        {
            var body = new List<byte>();
            foreach (var octets in noise)
            {
                body.AddRange(Encoding.UTF8.GetBytes(Relay.Line("good") + "\n"));
                body.AddRange(octets.Where(octet => octet != '\n'));
                body.Add((byte)'\n');
            }
            body.AddRange(Encoding.UTF8.GetBytes(Relay.Line("good") + "\n"));
            var lines = ReadAsync([.. body], "application/x-ndjson", null).GetAwaiter().GetResult();
            Assert.Equal(noise.Length + 1, lines.OfType<IncomingMessage>().Count(message => message.MessageId == "good"));
        }, iter: 1_000);

    [Fact]
    public void Whatever_mail_is_accepted_can_be_sent_as_it_is() =>
        Gen.Select(
            Gen.OneOf(Gen.OneOf("From: a@shop.example\r\n", "Subject: é\r\n", "X: \r", "\n", "\r\n", "Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\n", "--b--",
                "Content-Type: multipart/signed; boundary=b\n", "Content-Transfer-Encoding: base64\r\n", "Content-Type: message/rfc822\r\n", "Content-Type: text/html; charset=x\r\n",
                ".\r\n", " ", ":", "=?utf-8?Q?=0D=0A?=", "From: é@b.example\r\n"), Gen.String, Gen.Char.Select(c => new string(c, 1_100))).Array[0, 20],
            Gen.OneOf("jane@example.com", "élodie@example.com"))
            .Sample((parts, to) =>
            {
                var line = Relay.Line("1", to, "From: a@shop.example\r\n" + string.Concat(parts));
                var read = ReadAsync(Encoding.UTF8.GetBytes(line), "application/x-ndjson", null).GetAwaiter().GetResult();
                if (Assert.Single(read) is not IncomingMessage message)
                    return;
                var content = message.Content.ToArray();
                var scan = LineScan.Of(content);
                Assert.False(scan.BareEnds);
                Assert.InRange(scan.Longest, 0, 998);
                Assert.DoesNotContain((byte)0, content);
                Assert.EndsWith("\r\n", message.Text(), StringComparison.Ordinal);
                Assert.Equal(!Ascii.IsValid(content), message.EightBit);
                Assert.Equal("shop.example", message.FromDomain);
            }, iter: 3_000);

    private static async Task<List<RelayLine>> ReadAsync(byte[] octets, string type, string? encoding)
    {
        var request = new RelayRequest(new MemoryStream(octets), type, "DM42") { ContentEncoding = encoding, MessageId = "1", To = "jane@example.com" };
        var lines = new List<RelayLine>();
        try
        {
            await foreach (var line in new RelayRequestReader(IngestionLimits.Default, Relay.ReturnPaths, TimeProvider.System).ReadAsync(request, CancellationToken.None))
                lines.Add(line);
        }
        catch (RelayRequestException)
        {
            // The one that is allowed.
        }
        return lines;
    }
}
