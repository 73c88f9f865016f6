using EnhancedMta.Dkim;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>Rotations from the first key to the removal of the last one's record: the whole app, a key vault, two name servers, a receiver.</summary>
public sealed class RotationTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_new_key_is_made_published_seen_signs_and_lets_the_old_one_go()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        await stage.Mta.DeclareAsync("d", new { sender = $"news@{DkimStage.Domain}" });
        Assert.Equal(["first"], await stage.SelectorsOfAMailAsync());
        await stage.DriveAsync();

        // A new key, of which nobody sees more than the record.
        var begun = await stage.RotateAsync(201);
        var pending = begun.GetProperty("selectors")[1];
        Assert.Equal(("pending", "missing"), (pending.GetProperty("phase").GetString(), pending.GetProperty("seen").GetString()));
        var selector = pending.GetProperty("selector").GetString()!;
        Assert.Equal("rsa-20261124", selector);
        Assert.DoesNotContain("PRIVATE", begun.GetRawText(), StringComparison.Ordinal);
        // The same wish again begins nothing new.
        await stage.RotateAsync(200);
        Assert.Equal(2, stage.Vault.Secrets.Count);

        // Published on one server only: the other one's clients would not find it.
        var record = pending.GetProperty("record");
        var strings = record.GetProperty("strings").EnumerateArray().Select(part => part.GetString()!).ToList();
        stage.Primary.Txt(record.GetProperty("name").GetString()!, strings);
        await stage.DriveForAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(["first"], await stage.SelectorsOfAMailAsync());
        Assert.Equal("missing", (await stage.ShowAsync()).GetProperty("selectors")[1].GetProperty("seen").GetString());

        stage.Secondary.Txt(record.GetProperty("name").GetString()!, strings);
        await stage.DriveForAsync(TimeSpan.FromMinutes(9));
        Assert.Equal(["first"], await stage.SelectorsOfAMailAsync());
        await stage.DriveForAsync(TimeSpan.FromMinutes(3));
        Assert.Equal([selector], await stage.SelectorsOfAMailAsync());

        var retiring = (await stage.ShowAsync()).GetProperty("selectors")[0];
        Assert.Equal("retiring", retiring.GetProperty("phase").GetString());
        Assert.Contains("Leave first._domainkey.sender.test in the DNS until", retiring.GetProperty("next").GetString(), StringComparison.Ordinal);
        await stage.DriveForAsync(TimeSpan.FromDays(7), TimeSpan.FromHours(12));
        Assert.Contains("may be removed", (await stage.ShowAsync()).GetProperty("selectors")[0].GetProperty("next").GetString(), StringComparison.Ordinal);

        // It was as good as its word: no incident came of any of this, nor does removing what may be removed make one.
        stage.Withdraw("first");
        stage.Vault.Remove("dkim-sender-test-first");
        await stage.DriveForAsync(TimeSpan.FromHours(6), TimeSpan.FromHours(1));
        Assert.Equal([selector], await stage.SelectorsOfAMailAsync());
        Assert.Empty(await stage.IncidentsAsync());
    }

    [Fact]
    public async Task An_operators_own_key_is_taken_in_by_itself_and_mail_is_signed_twice_with_both_kinds()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        await stage.Mta.DeclareAsync("d", new { });
        await stage.DriveAsync();
        stage.Publish("second", PrivateKeyMaker.Make(DkimAlgorithm.Ed25519));
        await stage.DriveForAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(["first", "second"], await stage.SelectorsOfAMailAsync());
    }

    [Fact]
    public async Task A_selector_that_retired_signs_again_when_it_is_asked_to()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        await stage.Mta.DeclareAsync("d", new { });
        await stage.DriveAsync();
        stage.Publish("second", PrivateKeyMaker.Make(DkimAlgorithm.Rsa));
        await stage.DriveForAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(["second"], await stage.SelectorsOfAMailAsync());

        await stage.RotateAsync(201, """{"selector":"First"}""");
        await stage.DriveForAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(["first"], await stage.SelectorsOfAMailAsync());
    }

    [Fact]
    public async Task Where_the_app_may_not_write_it_says_how_to_give_a_key_and_leaves_nothing_behind()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        stage.Vault.MayWrite = false;
        var problem = await stage.RotateAsync(409, """{"algorithm":"ed25519-sha256"}""");
        Assert.Contains("openssl genpkey -algorithm ed25519", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("dkim-sender-test-ed-20261124", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await stage.ShowAsync()).GetProperty("selectors").GetArrayLength());

        stage.Vault.Outage = 503;
        Assert.Contains("503", (await stage.RotateAsync(503)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(400, (await stage.RotateAsync(400, """{"algorithm":"rsa-sha1","selector":"a b","size":1}""")).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_first_key_that_the_app_makes_signs_only_once_its_record_is_seen()
    {
        await using var stage = await DkimStage.StartAsync(azurite, _ => { });
        await stage.Mta.DeclareAsync("d", new { });
        var selector = (await stage.RotateAsync(201)).GetProperty("selectors")[0];
        await stage.RelayAsync(1);
        await stage.Mta.SettledAsync("d", waiting: 1);
        Assert.Contains("must be seen first", (await stage.ShowAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        stage.PublishRecord(selector.GetProperty("selector").GetString()!, Assert.Single(stage.Vault.Secrets).Value.Value);
        await stage.DriveForAsync(TimeSpan.FromMinutes(12));
        await stage.Mta.AdvanceAsync(TimeSpan.FromHours(1));
        await stage.Mta.SettledAsync("d", waiting: 0);
        Assert.Equal(["rsa-20261124"], DkimStage.SelectorsOf(Assert.Single(stage.Mails)));
    }

    [Fact]
    public async Task Many_that_ask_at_once_get_one_key()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await stage.Mta.Client.PostAsync($"domains/{DkimStage.Domain}/dkim", null, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }));
        Assert.Single(answers, 201);
        Assert.All(answers, status => Assert.InRange(status, 200, 201));
        Assert.Equal(2, stage.Vault.Secrets.Count);
        Assert.Equal(1, stage.Vault.Writes);
    }

    [Fact]
    public async Task A_domain_whose_key_was_taken_away_waits_until_it_is_forgotten_and_the_one_above_signs_again()
    {
        const string Below = "news." + DkimStage.Domain;
        await using var stage = await DkimStage.StartAsync(azurite, stage =>
        {
            stage.Vault.Set(DkimStage.Domain, "above", DkimStage.First);
            stage.Vault.Set(Below, "own", PrivateKeyMaker.Make(DkimAlgorithm.Rsa));
        });
        await stage.DriveAsync();
        Assert.Equal(Below, (await stage.ShowAsync(Below)).GetProperty("signingDomain").GetString());
        await stage.Mta.SendAsync(HttpMethod.Delete, $"domains/{Below}/dkim", 409);

        stage.Vault.Remove("dkim-news-sender-test-own");
        await stage.DriveForAsync(TimeSpan.FromMinutes(6));
        var waiting = await stage.ShowAsync(Below);
        Assert.Equal("waits", waiting.GetProperty("mail").GetString());
        Assert.Contains("not there any more", waiting.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await stage.Mta.SendAsync(HttpMethod.Delete, $"domains/{Below}/dkim", 204);
        Assert.Equal(DkimStage.Domain, (await stage.ShowAsync(Below)).GetProperty("signingDomain").GetString());
        await stage.Mta.SendAsync(HttpMethod.Delete, $"domains/{Below}/dkim", 204);
    }
}
