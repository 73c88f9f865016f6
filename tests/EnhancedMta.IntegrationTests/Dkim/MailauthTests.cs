using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EnhancedMta.Dkim;
using EnhancedMta.IntegrationTests.Peers;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>Signatures in the eyes of a verifier that shares no code with us or with MimeKit.</summary>
public sealed class MailauthTests
{
    private const string Head = "From: News <news@example.com>\r\nTo: a@example.net\r\nSubject: Hello\r\n\tagain  \r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\n";

    private static readonly string[] Mails =
    [
        Head + "\r\nHello\r\n",
        Head + "\r\n",
        Head + "\r\n\r\n \t\r\n\r\n",
        Head + "\r\nHello \t",
        Head + "\r\n\r\n\r\na  b\t\tc \t d  \r\n  e\r\n\r\n\r\n",
        Head + "\r\n.\r\n..\r\n.a\r\n",
        Head + "Subject: twice\r\nReceived: by x\r\n\r\nx\r\n",
        Head + "X: \u00fc\r\n\r\n\u00e4\u00f6\u00fc\r\n",
        Head + "\r\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i}  of many \r\n")),
    ];

    [Fact]
    public async Task Mailauth_passes_odd_mails()
    {
        using var rsa = RSA.Create(2048);
        using var key = new RsaDkimKey("example.com", "s1", rsa);
        var signer = new DkimSigner(TimeProvider.System);
        await using var node = await NodeProcess.StartAsync("Dkim/verify-dkim.cjs", $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}");
        foreach (var mail in Mails)
        {
            var signed = signer.Sign(Encoding.Latin1.GetBytes(mail), [key], "example.com");
            Assert.Equal("""[{"domain":"example.com","result":"pass"}]""", await VerifyAsync(node, signed));
            signed[^(mail.Length - 6)] ^= 1;
            Assert.Contains("\"fail\"", await VerifyAsync(node, signed), StringComparison.Ordinal);
        }
    }

    private static async Task<string> VerifyAsync(NodeProcess node, byte[] signed)
    {
        await node.Input.WriteLineAsync(JsonSerializer.Serialize(Convert.ToBase64String(signed)));
        await node.Input.FlushAsync(TestContext.Current.CancellationToken);
        return await node.ReadLineAsync();
    }
}
