using System.Net;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>Against a server that is not ours.</summary>
public sealed class NpmSmtpServerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_and_refusals_pass_with_and_without_tls(bool isTls)
    {
        await using var node = await NodeProcess.StartAsync("Peers/smtp-server.cjs", isTls ? "--tls" : "--clear");
        var port = JsonDocument.Parse(await node.ReadLineAsync()).RootElement.GetProperty("port").GetInt32();
        var site = Sending.Site(new IPEndPoint(IPAddress.Loopback, port));
        await using var pool = Sending.Pool();
        var sessions = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            var refused = await pool.SendAsync(Sending.Egress, site, Sending.Mail(recipient: "unknown@example.net"), default);
            Assert.Equal((AttemptOutcome.Refused, 550, SmtpCommand.RcptTo), (refused.Outcome, refused.Reply!.Code, refused.Reply.Command));
            Assert.Equal(new EnhancedStatusCode(5, 1, 1), refused.Reply.Status);

            var text = $"From: a@example.com\r\n\r\n.\r\n..{i}\r\n\u00e9 {new string('x', i * 50_000)}\r\n\r\n";
            var mail = Sending.Mail(text, "j\u00f8rgen@example.net") with { NeedsSmtpUtf8 = true, EightBit = true };
            var result = await pool.SendAsync(Sending.Egress, site, mail, default);
            Assert.Equal(AttemptOutcome.Accepted, result.Outcome);
            Assert.Equal(isTls, result.Tls is not null);

            var taken = JsonDocument.Parse(await node.ReadLineAsync()).RootElement;
            sessions.Add(taken.GetProperty("id").GetString()!);
            Assert.Equal(text, Encoding.Latin1.GetString(taken.GetProperty("data").GetBytesFromBase64()));
            Assert.Equal("bounce+1@example.com", taken.GetProperty("from").GetString());
            Assert.Equal("j\u00f8rgen@example.net", taken.GetProperty("to")[0].GetString());
            Assert.Equal("mta.example.com", taken.GetProperty("helo").GetString());
            Assert.Equal(isTls, taken.GetProperty("secure").GetBoolean());
            Assert.Equal("8BITMIME", taken.GetProperty("args").GetProperty("BODY").GetString(), ignoreCase: true);
        }
        Assert.Single(sessions);
        var large = await pool.SendAsync(Sending.Egress, site, Sending.Mail(new string('x', 1_000_001)), default);
        Assert.Equal((AttemptOutcome.NotSendable, LocalError.LargerThanOffered), (large.Outcome, large.Error));
    }
}
