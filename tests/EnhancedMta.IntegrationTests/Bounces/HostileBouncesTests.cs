using System.Text;
using EnhancedMta.Bounces;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Bounces;

/// <summary>What anybody may send to the place where bounces go: a clear answer, nothing changed, no crash.</summary>
public sealed class HostileBouncesTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Forged_foreign_and_broken_mails_change_nothing_and_hold_nothing_up()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = 2 });
        await mta.RelayAsync("d", "ok1", "ok2");
        await mta.SettledAsync("d", waiting: 0);
        var path = await mta.ReturnPathAsync("d", "ok1");

        // A token with one letter changed, one cut, one of another domain, one that is none.
        foreach (var forged in new[] { path[..8] + (path[8] == 'a' ? 'b' : 'a') + path[9..], path[4..], path.Replace("bounces.example", "bounces.example.net", StringComparison.Ordinal), "b-@bounces.example", "b-" + new string('7', 300) + "@bounces.example" })
            await mta.BounceAsync(Bounce(forged, $"ok1@{MtaUnderTest.Domain}"));
        // About addresses that we never wrote to.
        await mta.BounceAsync(Bounce("somebody@elsewhere.example", "stranger@elsewhere.example"));
        await mta.BounceAsync(Bounce("somebody@elsewhere.example", $"ok1@{MtaUnderTest.Domain}").Replace("--part--", "--part\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ok2.d@sender.example>\r\n\r\n--part--", StringComparison.Ordinal));
        // No mails, or hardly.
        foreach (var broken in new[] { "", "\0", "Content-Type: multipart/report; boundary=\r\n\r\n--\r\n", string.Concat(Enumerable.Range(0, 1_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n")), "Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n550" })
            await mta.BounceAsync(broken);

        // And one that is ours behind them all.
        await mta.BounceAsync(Bounce(await mta.ReturnPathAsync("d", "ok2"), $"ok2@{MtaUnderTest.Domain}"));
        await mta.BouncesWorkedOffAsync();
        Assert.Equal("Sent", (await mta.MessageAsync("d", "ok1")).GetProperty("message").GetProperty("status").GetString());
        Assert.Equal("Failed", (await mta.MessageAsync("d", "ok2")).GetProperty("message").GetProperty("status").GetString());
        Assert.Equal(1, (await mta.SummaryAsync("d")).GetProperty("failed").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_mail_of_fifty_megabytes_is_taken_and_a_larger_one_refused()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = 1 });
        await mta.RelayAsync("d", "ok1");
        await mta.SettledAsync("d", waiting: 0);
        var mail = Bounce(await mta.ReturnPathAsync("d", "ok1"), $"ok1@{MtaUnderTest.Domain}");
        var returned = "--part\r\nContent-Type: message/rfc822\r\n\r\nSubject: For ok1\r\n\r\n";
        var end = mail.IndexOf("--part--", StringComparison.Ordinal);
        var body = new StringBuilder(mail[..end]).Append(returned);
        var line = new string('x', 76) + "\r\n";
        while (body.Length + line.Length + 20 < BounceIntake.MaxLength)
            body.Append(line);
        var large = body.Append("\r\n--part--\r\n").ToString();
        await mta.BounceAsync(large);
        await mta.BounceAsync(large + new string('x', 1_000), expectedStatus: 413);
        await mta.BouncesWorkedOffAsync();
        Assert.Equal("Failed", (await mta.MessageAsync("d", "ok1")).GetProperty("message").GetProperty("status").GetString());
    }

    private static string Bounce(string returnPath, string recipient) => SampleBounces.Failed(returnPath, recipient, "5.1.1", "550 5.1.1 No such person");
}
