using System.Text;
using System.Text.Json;
using Azure.Security.KeyVault.Secrets;
using EnhancedMta.Dkim;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.IntegrationTests.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>Rotations from the first key to the removal of the last one's record: the whole app, a key vault, two name servers, a receiver.</summary>
public sealed class RotationTests(AzuriteFixture azurite)
{
    private const string Domain = "sender.test";

    private static readonly string First = PrivateKeyMaker.Make(DkimAlgorithm.Rsa);

    private readonly ScriptedSmtpServer _receiver = ScriptedSmtpServer.Start();
    private int _sent;

    [Fact]
    public async Task A_new_key_is_made_published_seen_signs_and_lets_the_old_one_go()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var primary = new LoopbackDns();
        using var secondary = new LoopbackDns();
        vault.Set(Domain, "first", First);
        Publish([primary, secondary], First, "first");
        await using var mta = await StartAsync(vault, primary, secondary);
        await mta.DeclareAsync("d", new { sender = $"news@{Domain}" });
        Assert.Equal(["first"], await SelectorsOfAMailAsync(mta));
        await DriveAsync(mta);

        // A new key, of which nobody sees more than the record.
        var begun = await PostAsync(mta, 201);
        var pending = begun.GetProperty("selectors")[1];
        Assert.Equal(("pending", "missing"), (pending.GetProperty("phase").GetString(), pending.GetProperty("seen").GetString()));
        var selector = pending.GetProperty("selector").GetString()!;
        Assert.Equal("rsa-20261124", selector);
        Assert.DoesNotContain("PRIVATE", begun.GetRawText(), StringComparison.Ordinal);
        // The same wish again begins nothing new.
        await PostAsync(mta, 200);
        Assert.Equal(2, vault.Secrets.Count);

        // Published on one server only: the other one's clients would not find it.
        var record = pending.GetProperty("record");
        var strings = record.GetProperty("strings").EnumerateArray().Select(part => part.GetString()!).ToList();
        primary.Txt(record.GetProperty("name").GetString()!, strings);
        await DriveForAsync(mta, TimeSpan.FromMinutes(30));
        Assert.Equal(["first"], await SelectorsOfAMailAsync(mta));
        Assert.Equal("missing", (await ShowAsync(mta)).GetProperty("selectors")[1].GetProperty("seen").GetString());

        secondary.Txt(record.GetProperty("name").GetString()!, strings);
        await DriveForAsync(mta, TimeSpan.FromMinutes(9));
        Assert.Equal(["first"], await SelectorsOfAMailAsync(mta));
        await DriveForAsync(mta, TimeSpan.FromMinutes(3));
        Assert.Equal([selector], await SelectorsOfAMailAsync(mta));

        var retiring = (await ShowAsync(mta)).GetProperty("selectors")[0];
        Assert.Equal("retiring", retiring.GetProperty("phase").GetString());
        Assert.Contains("Leave first._domainkey.sender.test in the DNS until", retiring.GetProperty("next").GetString(), StringComparison.Ordinal);
        await DriveForAsync(mta, TimeSpan.FromDays(7), TimeSpan.FromHours(12));
        Assert.Contains("may be removed", (await ShowAsync(mta)).GetProperty("selectors")[0].GetProperty("next").GetString(), StringComparison.Ordinal);

        // It was as good as its word: no incident came of any of this, nor does removing what may be removed make one.
        primary.Clear("first._domainkey.sender.test");
        secondary.Clear("first._domainkey.sender.test");
        vault.Remove("dkim-sender-test-first");
        await DriveForAsync(mta, TimeSpan.FromHours(6), TimeSpan.FromHours(1));
        Assert.Equal([selector], await SelectorsOfAMailAsync(mta));
        Assert.Empty(await IncidentsAsync(mta));
    }

    [Fact]
    public async Task An_operators_own_key_is_taken_in_by_itself_and_mail_is_signed_twice_with_both_kinds()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set(Domain, "first", First);
        Publish([dns], First, "first");
        await using var mta = await StartAsync(vault, dns);
        await mta.DeclareAsync("d", new { });
        await DriveAsync(mta);

        var ed = PrivateKeyMaker.Make(DkimAlgorithm.Ed25519);
        vault.Set(Domain, "second", ed);
        Publish([dns], ed, "second");
        await DriveForAsync(mta, TimeSpan.FromMinutes(20));
        Assert.Equal(["first", "second"], await SelectorsOfAMailAsync(mta));
    }

    [Fact]
    public async Task A_selector_that_retired_signs_again_when_it_is_asked_to()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        var second = PrivateKeyMaker.Make(DkimAlgorithm.Rsa);
        vault.Set(Domain, "first", First);
        Publish([dns], First, "first");
        await using var mta = await StartAsync(vault, dns);
        await mta.DeclareAsync("d", new { });
        await DriveAsync(mta);
        vault.Set(Domain, "second", second);
        Publish([dns], second, "second");
        await DriveForAsync(mta, TimeSpan.FromMinutes(20));
        Assert.Equal(["second"], await SelectorsOfAMailAsync(mta));

        await PostAsync(mta, 201, """{"selector":"First"}""");
        await DriveForAsync(mta, TimeSpan.FromMinutes(15));
        Assert.Equal(["first"], await SelectorsOfAMailAsync(mta));
    }

    [Fact]
    public async Task Where_the_app_may_not_write_it_says_how_to_give_a_key_and_leaves_nothing_behind()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set(Domain, "first", First);
        vault.MayWrite = false;
        await using var mta = await StartAsync(vault, dns);
        var problem = await PostAsync(mta, 409, """{"algorithm":"ed25519-sha256"}""");
        Assert.Contains("openssl genpkey -algorithm ed25519", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("dkim-sender-test-ed-20261124", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await ShowAsync(mta)).GetProperty("selectors").GetArrayLength());

        vault.Outage = 503;
        Assert.Contains("503", (await PostAsync(mta, 503)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync(mta, 400, """{"algorithm":"rsa-sha1","selector":"a b","size":1}""")).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_domain_whose_key_was_taken_away_waits_until_it_is_forgotten_and_the_one_above_signs_again()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set("test.example", "above", First);
        vault.Set("news.test.example", "own", PrivateKeyMaker.Make(DkimAlgorithm.Rsa));
        await using var mta = await StartAsync(vault, dns);
        await DriveAsync(mta);
        Task<JsonElement> ShowAsync() => mta.SendAsync(HttpMethod.Get, "domains/news.test.example/dkim", 200);
        Assert.Equal("news.test.example", (await ShowAsync()).GetProperty("signingDomain").GetString());
        await mta.SendAsync(HttpMethod.Delete, "domains/news.test.example/dkim", 409);

        vault.Remove("dkim-news-test-example-own");
        await DriveForAsync(mta, TimeSpan.FromMinutes(6));
        var waiting = await ShowAsync();
        Assert.Equal("waits", waiting.GetProperty("mail").GetString());
        Assert.Contains("not there any more", waiting.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await mta.SendAsync(HttpMethod.Delete, "domains/news.test.example/dkim", 204);
        Assert.Equal("test.example", (await ShowAsync()).GetProperty("signingDomain").GetString());
        await mta.SendAsync(HttpMethod.Delete, "domains/news.test.example/dkim", 204);
    }

    [Fact]
    public async Task A_record_that_goes_away_or_changes_while_its_key_signs_is_an_incident_once_and_ends_with_it()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set(Domain, "first", First);
        Publish([dns], First, "first");
        await using var mta = await StartAsync(vault, dns);
        await DriveAsync(mta);
        dns.Clear("first._domainkey.sender.test");
        await DriveForAsync(mta, TimeSpan.FromHours(5), TimeSpan.FromMinutes(10));
        var incident = Assert.Single(await IncidentsAsync(mta));
        Assert.Equal(("dkim-record", "first._domainkey.sender.test"), (incident.GetProperty("kind").GetString(), incident.GetProperty("subject").GetString()));
        var warning = (await mta.DeclareAsync("w", new { sender = $"news@{Domain}" })).GetProperty("warnings")[0].GetString();
        Assert.Contains("was missing", warning, StringComparison.Ordinal);

        Publish([dns], First, "first");
        await DriveForAsync(mta, TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));
        Assert.Empty((await mta.DeclareAsync("w", new { sender = $"news@{Domain}" }, 200)).GetProperty("warnings").EnumerateArray());
        dns.Clear("first._domainkey.sender.test");
        await DriveForAsync(mta, TimeSpan.FromHours(5), TimeSpan.FromMinutes(10));
        Assert.Equal(2, (await IncidentsAsync(mta)).Count);
    }

    [Fact]
    public async Task Mail_without_its_key_waits_with_one_incident_whatever_its_number_and_goes_out_signed_when_the_key_comes()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set(Domain, "first", First[..700]);
        await using var mta = await StartAsync(vault, dns);
        var warning = (await mta.DeclareAsync("d", new { sender = $"news@{Domain}" })).GetProperty("warnings")[0].GetString();
        Assert.Contains("waits", warning, StringComparison.Ordinal);
        await RelayAsync(mta, 200);
        await mta.SettledAsync("d", waiting: 200);
        Assert.Empty(_receiver.Mails);
        Assert.Equal("dkim-key", Assert.Single(await IncidentsAsync(mta)).GetProperty("kind").GetString());

        // Another process, and hours later: still the same one.
        await mta.RestartAsync();
        for (var round = 0; round < 3; round++)
        {
            await mta.AdvanceToNextRetryAsync();
            await mta.SettledAsync("d", waiting: 200);
        }
        Assert.Single(await IncidentsAsync(mta), incident => incident.GetProperty("kind").GetString() == "dkim-key");
        Assert.Empty(_receiver.Mails);

        vault.Set(Domain, "first", First);
        await DriveForAsync(mta, TimeSpan.FromMinutes(6));
        // Batches have come apart: each has its own minute.
        await mta.AdvanceAsync(TimeSpan.FromHours(1));
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(200, _receiver.Mails.Count);
        Assert.All(_receiver.Mails, mail => Assert.Equal(["first"], SelectorsOf(mail)));
        Assert.Equal(200, (await mta.SummaryAsync("d")).GetProperty("delivered").GetInt32());
        foreach (var incident in await IncidentsAsync(mta))
            Assert.DoesNotContain(First.Split('\n')[1][..24], incident.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_outage_stops_nothing_that_signs_and_is_told_once()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set(Domain, "first", First);
        Publish([dns], First, "first");
        await using var mta = await StartAsync(vault, dns);
        await mta.DeclareAsync("d", new { });
        vault.Outage = 500;
        await DriveForAsync(mta, TimeSpan.FromHours(3), TimeSpan.FromMinutes(10));
        Assert.Equal(["first"], await SelectorsOfAMailAsync(mta));
        Assert.Equal("dkim-vault", Assert.Single(await IncidentsAsync(mta)).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Senders_are_told_what_DMARC_will_make_of_their_signature()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var dns = new LoopbackDns();
        vault.Set(Domain, "first", First);
        dns.Txt("_dmarc.sender.test", "v=DMARC1; p=reject; adkim=s");
        dns.Txt("_dmarc.relaxed.sender.test", "v=DMARC1; p=reject; adkim=r");
        await using var mta = await StartAsync(vault, dns);
        vault.Set("ed.test", "e", PrivateKeyMaker.Make(DkimAlgorithm.Ed25519));
        await PostAsync(mta, 201, """{"selector":"next"}""");
        Assert.Contains("Ed25519 alone", Assert.Single(await WarningsAsync(mta, "news@ed.test")), StringComparison.Ordinal);
        Assert.Empty(await WarningsAsync(mta, $"news@{Domain}"));
        Assert.Empty(await WarningsAsync(mta, $"news@relaxed.{Domain}"));
        Assert.Contains("adkim=s", Assert.Single(await WarningsAsync(mta, $"news@a.b.{Domain}")), StringComparison.Ordinal);
        Assert.Contains("There is no DKIM key for other.test", Assert.Single(await WarningsAsync(mta, "Other <news@other.test>")), StringComparison.Ordinal);
        Assert.Contains("goes out unsigned", Assert.Single(await WarningsAsync(mta, "news@unsigned.test")), StringComparison.Ordinal);
        var shown = await mta.SendAsync(HttpMethod.Get, $"domains/a.b.{Domain}/dkim", 200);
        Assert.Equal(("signed", Domain), (shown.GetProperty("mail").GetString(), shown.GetProperty("signingDomain").GetString()));
        Assert.Equal("unsigned", (await mta.SendAsync(HttpMethod.Get, "domains/unsigned.test/dkim", 200)).GetProperty("mail").GetString());
        await mta.SendAsync(HttpMethod.Get, "domains/no_domain/dkim", 400);
    }

    private async Task<MtaUnderTest> StartAsync(LoopbackVault vault, params LoopbackDns[] dns)
    {
        var settings = new Dictionary<string, string?>
        {
            ["EnhancedMta:Routes:*"] = $"127.0.0.1:{_receiver.Port}",
            ["EnhancedMta:Dkim:VaultUri"] = vault.Uri.ToString(),
            ["EnhancedMta:Dkim:Unsigned:0"] = "unsigned.test",
            ["EnhancedMta:NameServers:0"] = dns[0].EndPoint.ToString(),
        };
        for (var i = 0; i < dns.Length; i++)
            settings[$"EnhancedMta:Dkim:NameServers:{i}"] = dns[i].EndPoint.ToString();
        return await MtaUnderTest.StartAsync(azurite, [], null, services => services.AddSingleton<SecretClient>(_ => vault.CreateClient()), settings);
    }

    private static void Publish(LoopbackDns[] servers, string pem, string selector)
    {
        using var key = PrivateKeyReader.Read(Domain, selector, pem);
        var record = DkimRecord.Of(key);
        foreach (var server in servers)
            server.Txt(record.Name, record.Strings);
    }

    private static Task DriveAsync(MtaUnderTest mta) => mta.Host.RunTimerAsync("DriveDkimRotation", TestContext.Current.CancellationToken);

    // The timer, as often as it would come.
    private static async Task DriveForAsync(MtaUnderTest mta, TimeSpan time, TimeSpan? interval = null)
    {
        var step = interval ?? TimeSpan.FromMinutes(1);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            mta.Clock.Advance(step);
            await DriveAsync(mta);
        }
    }

    private async Task<IReadOnlyList<string>> SelectorsOfAMailAsync(MtaUnderTest mta)
    {
        var before = _receiver.Mails.Count;
        await RelayAsync(mta, 1);
        await mta.SettledAsync("d", waiting: 0);
        return SelectorsOf(Assert.Single(_receiver.Mails.Skip(before)));
    }

    private Task RelayAsync(MtaUnderTest mta, int count)
    {
        var lines = Enumerable.Range(0, count).Select(_ => JsonSerializer.Serialize(new
        {
            messageId = $"m{_sent++}",
            to = $"a@{MtaUnderTest.Domain}",
            from = $"news@{Domain}",
            subject = "Hello",
            text = "Hello.",
        }));
        return mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(string.Join('\n', lines)));
    }

    private static IReadOnlyList<string> SelectorsOf(ReceivedMail mail) =>
        [.. Encoding.Latin1.GetString(mail.Data).Split("DKIM-Signature:").Skip(1).Select(field => field.Split("s=")[1].Split(';')[0])];

    private static Task<JsonElement> ShowAsync(MtaUnderTest mta) => mta.SendAsync(HttpMethod.Get, $"domains/{Domain}/dkim", 200);

    private static Task<JsonElement> PostAsync(MtaUnderTest mta, int status, string? body = null) =>
        mta.SendAsync(HttpMethod.Post, $"domains/{Domain}/dkim", status, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<IReadOnlyList<JsonElement>> IncidentsAsync(MtaUnderTest mta) =>
        [.. (await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray()];

    private async Task<IReadOnlyList<string>> WarningsAsync(MtaUnderTest mta, string sender) =>
        [.. (await mta.DeclareAsync($"w{_sent++}", new { sender })).GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
}
