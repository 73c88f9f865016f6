using System.Text;
using CsCheck;
using EnhancedMta.Ingestion;
using EnhancedMta.Smtp;
using EnhancedMta.Tests.Ingestion;

namespace EnhancedMta.Tests.Smtp;

/// <summary>
/// Whatever a message's octets are, a server sees one end of data, and it is ours: also one that takes a bare LF or CR for a line end, or
/// a NUL for nothing (CVE-2023-51764 and its relatives).
/// </summary>
public sealed class SmugglingTests
{
    // As servers were found to read an end of data.
    private static readonly string[] Ends = ["\r\n.\r\n", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r.\n", "\r\r\n.\r\r\n"];

    private static readonly Gen<string> Bodies =
        Gen.OneOf(Gen.OneOf("\r", "\n", ".", "\r\n", " .", "..", "MAIL FROM:<a@evil.example>", "x", "é", "DATA"), Gen.OneOf(Ends)).Array[0, 25].Select(string.Concat);

    [Fact]
    public void No_body_holds_an_end_of_data_for_any_server() =>
        Bodies.Sample(body => SentAsync("From: a@shop.example\r\n\r\n" + body).GetAwaiter().GetResult(), iter: 3_000);

    [Fact]
    public void No_header_does() =>
        Bodies.Sample(value => SentAsync($"From: a@shop.example\r\nSubject: {value}").GetAwaiter().GetResult(), iter: 3_000);

    [Fact]
    public async Task Each_known_end_is_sent_as_part_of_its_body()
    {
        foreach (var end in Ends)
        {
            var sent = await SentAsync($"From: a@shop.example\r\n\r\nbefore{end}MAIL FROM:<a@evil.example>\r\n");
            Assert.Matches(@"before\r\n\r?\n?\.\.\r\n\r?\n?MAIL FROM:<a@evil\.example>\r\n\.\r\n$", sent);
        }
    }

    private static async Task<string?> SentAsync(string mime)
    {
        if (Assert.Single(await Relay.ReadAsync(Relay.Line("1", mime: mime))) is not IncomingMessage message)
            return null;
        using var wire = new MemoryStream();
        await MailData.WriteAsync(new OutboundMail("", "", message.Content, false, false), wire, () => { }, default);
        var sent = Encoding.Latin1.GetString(wire.ToArray());
        var lines = sent.Split("\r\n");
        Assert.All(lines, line => Assert.False(line.AsSpan().ContainsAny("\r\n\0")));
        Assert.Equal(lines.Length - 2, Array.IndexOf(lines, "."));
        Assert.Equal("", lines[^1]);
        return sent;
    }
}
