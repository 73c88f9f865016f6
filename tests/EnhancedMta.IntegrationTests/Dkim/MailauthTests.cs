using EnhancedMta.IntegrationTests.Peers;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>All odd mails as they arrive after the whole way: request, ingestion, storage, signature, SMTP.</summary>
public sealed class MailauthTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Mailauth_passes_both_signatures_of_all_odd_mails_and_fails_them_when_one_bit_is_changed()
    {
        await using var receiver = ScriptedSmtpServer.Start();
        await using var corpus = await SignedCorpus.StartAsync(azurite, receiver.Port);
        await using var mailauth = await Mailauth.StartAsync(SignedCorpus.Records);
        await corpus.RelayAsync();
        Assert.Equal(OddMails.All.Count, receiver.Mails.Count);
        foreach (var mail in receiver.Mails)
        {
            var results = await mailauth.VerifyAsync(mail.Data);
            Assert.True(results is ["sender.example rsa-sha256 pass", "sender.example ed25519-sha256 pass", ..], $"{mail.Recipient}: {string.Join(", ", results)}");
            // A foreign signature stays; one in our own name goes.
            Assert.Equal(mail.Recipient.StartsWith("foreign", StringComparison.Ordinal) ? 3 : 2, results.Count);

            var changed = mail.Data.ToArray();
            changed[changed.AsSpan().IndexOf("\r\nFrom:"u8) + 8] ^= 1;
            Assert.All((await mailauth.VerifyAsync(changed)).Take(2), result => Assert.DoesNotContain("pass", result, StringComparison.Ordinal));
        }
    }
}
