using System.Net;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>All odd mails through a real Postfix, whose filter is OpenDKIM, and on from there to a server where mailauth looks at them.</summary>
public sealed class OpenDkimTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task OpenDKIM_passes_all_odd_mails_in_a_Postfix_and_mailauth_behind_it()
    {
        if ((OpenDkimVerifier.Missing ?? PostfixServer.Missing) is { } reason)
            Assert.Skip(reason);
        await using var receiver = ScriptedSmtpServer.Start();
        await using var verifier = await OpenDkimVerifier.StartAsync(SignedCorpus.Records);
        await using var postfix = await PostfixServer.StartAsync(MtaUnderTest.Domain, receiver.Port, verifier.Port);
        await using var mailauth = await Mailauth.StartAsync(SignedCorpus.Records);
        await using var corpus = await SignedCorpus.StartAsync(azurite, postfix.Port);
        await corpus.RelayAsync();
        await Eventually.IsTrueAsync(() => receiver.Mails.Count == OddMails.All.Count, "Postfix hands on all mails");
        foreach (var mail in receiver.Mails)
        {
            var found = OpenDkimVerifier.ResultsIn(mail);
            Assert.True(Passes(found, "rsa-sha256", "rsa") && Passes(found, "ed25519-sha256", "ed"), $"{mail.Recipient}: {string.Join("; ", found)}");
            var results = await mailauth.VerifyAsync(mail.Data);
            Assert.True(results is ["sender.example rsa-sha256 pass", "sender.example ed25519-sha256 pass", ..], $"{mail.Recipient}: {string.Join(", ", results)}");
        }

        // It would tell if they did not.
        var changed = receiver.Mails[0].Text.Replace("Hello\r\n", "Hallo\r\n", StringComparison.Ordinal);
        changed = changed[changed.IndexOf("X-EMTA-Message", StringComparison.Ordinal)..];
        await using var pool = Sending.Pool();
        var sent = await pool.SendAsync(Sending.Egress, Sending.Site(new IPEndPoint(IPAddress.Loopback, postfix.Port)), Sending.Mail(changed, $"changed@{MtaUnderTest.Domain}"), TestContext.Current.CancellationToken);
        Assert.Equal(AttemptOutcome.Accepted, sent.Outcome);
        await Eventually.IsTrueAsync(() => receiver.Mails.Count > OddMails.All.Count, "Postfix hands on the changed mail");
        Assert.DoesNotContain(OpenDkimVerifier.ResultsIn(receiver.Mails[^1]), result => result.StartsWith("dkim=pass", StringComparison.Ordinal));
    }

    private static bool Passes(IEnumerable<string> results, string algorithm, string selector) => results.Any(result =>
        result.StartsWith("dkim=pass", StringComparison.Ordinal) && result.Contains($"header.a={algorithm}", StringComparison.Ordinal) && result.Contains($"header.s={selector}", StringComparison.Ordinal));
}
