using EnhancedMta.Dkim;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>Keys that are missing, records that go away, a vault that is out: who waits, and who is told.</summary>
public sealed class SigningTroubleTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Mail_without_its_key_waits_with_one_incident_whatever_its_number_and_goes_out_signed_when_the_key_comes()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Vault.Set(DkimStage.Domain, "first", DkimStage.First[..700]));
        Assert.Contains("waits", Assert.Single(await stage.WarningsAsync($"news@{DkimStage.Domain}")), StringComparison.Ordinal);
        await stage.Mta.DeclareAsync("d", new { });
        await stage.RelayAsync(200);
        await stage.Mta.SettledAsync("d", waiting: 200);
        Assert.Empty(stage.Mails);
        Assert.Equal("dkim-key", Assert.Single(await stage.IncidentsAsync()).GetProperty("kind").GetString());

        // Another process, and hours later: still the same one.
        await stage.Mta.RestartAsync();
        for (var round = 0; round < 3; round++)
        {
            await stage.Mta.AdvanceToNextRetryAsync();
            await stage.Mta.SettledAsync("d", waiting: 200);
        }
        Assert.Single(await stage.IncidentsAsync(), incident => incident.GetProperty("kind").GetString() == "dkim-key");
        Assert.Empty(stage.Mails);

        stage.Vault.Set(DkimStage.Domain, "first", DkimStage.First);
        await stage.DriveForAsync(TimeSpan.FromMinutes(6));
        // Batches have come apart: each has its own minute.
        await stage.Mta.FinalAsync("d");
        Assert.Equal(200, stage.Mails.Count);
        Assert.All(stage.Mails, mail => Assert.Equal(["first"], DkimStage.SelectorsOf(mail)));
        Assert.Equal(200, (await stage.Mta.SummaryAsync("d")).GetProperty("delivered").GetInt32());
        foreach (var incident in await stage.IncidentsAsync())
            Assert.DoesNotContain(DkimStage.First.Split('\n')[1][..24], incident.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_goes_away_while_its_key_signs_is_an_incident_once_and_ends_with_it()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        await stage.DriveAsync();
        stage.Withdraw("first");
        await stage.DriveForAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(15));
        var incident = Assert.Single(await stage.IncidentsAsync());
        Assert.Equal(("dkim-record", "first._domainkey.sender.test"), (incident.GetProperty("kind").GetString(), incident.GetProperty("subject").GetString()));
        Assert.Contains("was missing", Assert.Single(await stage.WarningsAsync($"news@{DkimStage.Domain}")), StringComparison.Ordinal);

        stage.PublishRecord("first", DkimStage.First);
        await stage.DriveForAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(15));
        Assert.Empty(await stage.WarningsAsync($"news@{DkimStage.Domain}"));
        stage.Withdraw("first");
        await stage.DriveForAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(15));
        Assert.Equal(2, (await stage.IncidentsAsync()).Count);
        // A day later it is told again.
        await stage.DriveForAsync(TimeSpan.FromHours(24), TimeSpan.FromHours(4));
        Assert.Equal(3, (await stage.IncidentsAsync()).Count);
    }

    [Fact]
    public async Task A_vault_outage_stops_nothing_that_signs_and_is_told_once()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage => stage.Publish("first", DkimStage.First));
        await stage.Mta.DeclareAsync("d", new { });
        stage.Vault.Outage = 500;
        await stage.DriveForAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));
        Assert.Equal(["first"], await stage.SelectorsOfAMailAsync());
        Assert.Equal("dkim-vault", Assert.Single(await stage.IncidentsAsync()).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Senders_are_told_how_their_mail_is_signed_and_what_DMARC_will_make_of_it()
    {
        await using var stage = await DkimStage.StartAsync(azurite, stage =>
        {
            stage.Vault.Set(DkimStage.Domain, "first", DkimStage.First);
            stage.Vault.Set("ed.test", "e", PrivateKeyMaker.Make(DkimAlgorithm.Ed25519));
        });
        stage.Primary.Txt($"_dmarc.{DkimStage.Domain}", "v=DMARC1; p=reject; adkim=s");
        stage.Primary.Txt($"_dmarc.relaxed.{DkimStage.Domain}", "v=DMARC1; p=reject; adkim=r");
        Assert.Empty(await stage.WarningsAsync($"news@{DkimStage.Domain}"));
        Assert.Empty(await stage.WarningsAsync($"news@relaxed.{DkimStage.Domain}"));
        Assert.Contains("adkim=s", Assert.Single(await stage.WarningsAsync($"news@a.b.{DkimStage.Domain}")), StringComparison.Ordinal);
        Assert.Contains("There is no DKIM key for other.test", Assert.Single(await stage.WarningsAsync("Other <news@other.test>")), StringComparison.Ordinal);
        Assert.Contains("goes out unsigned", Assert.Single(await stage.WarningsAsync("news@unsigned.test")), StringComparison.Ordinal);
        Assert.Contains("Ed25519 alone", Assert.Single(await stage.WarningsAsync("news@ed.test")), StringComparison.Ordinal);
        var shown = await stage.ShowAsync($"a.b.{DkimStage.Domain}");
        Assert.Equal(("signed", DkimStage.Domain), (shown.GetProperty("mail").GetString(), shown.GetProperty("signingDomain").GetString()));
        Assert.Equal("unsigned", (await stage.ShowAsync("unsigned.test")).GetProperty("mail").GetString());
        await stage.Mta.SendAsync(HttpMethod.Get, "domains/no_domain/dkim", 400);
    }
}
