using EnhancedMta.Dkim;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>Keys from a key vault: a real client, real TLS, real storage.</summary>
public sealed class KeyVaultTests : IDisposable
{
    private static readonly string First = PrivateKeyMaker.Make(DkimAlgorithm.Rsa);
    private static readonly string Second = PrivateKeyMaker.Make(DkimAlgorithm.Rsa);
    private static readonly string Ed = PrivateKeyMaker.Make(DkimAlgorithm.Ed25519);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
    private readonly TestLog _log = new();
    private readonly LoggerFactory _loggers;
    private readonly AzuriteFixture _azurite;

    public KeyVaultTests(AzuriteFixture azurite) => (_azurite, _loggers) = (azurite, new LoggerFactory([_log.NewProvider()]));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task Keys_are_found_by_tags_on_all_pages_and_values_are_asked_for_once()
    {
        await using var vault = await LoopbackVault.StartAsync();
        vault.Set("example.com", "s1", First);
        vault.Set("example.com", "e1", Ed);
        vault.Set("example.org", "s1", Second);
        vault.Set("database-password", "hunter2");
        vault.Set("dkim-without-tags", "nothing of ours");
        using var refresh = await StartAsync(vault);
        Assert.Equal(["rsa-sha256", "ed25519-sha256"], Keys(refresh, "news.example.com").Select(key => key.Algorithm));
        Assert.Equal("example.org", Assert.Single(Keys(refresh, "example.org")).Domain);
        Assert.Equal(3, vault.ValuesRead);

        await refresh.RefreshAsync(vaultNow: true, Cancel);
        Assert.Equal(3, vault.ValuesRead);
        vault.Set("example.com", "e1", PrivateKeyMaker.Make(DkimAlgorithm.Ed25519));
        await refresh.RefreshAsync(vaultNow: true, Cancel);
        Assert.Equal(4, vault.ValuesRead);
    }

    [Fact]
    public async Task The_vault_is_asked_now_and_then_not_at_each_look()
    {
        await using var vault = await LoopbackVault.StartAsync();
        using var refresh = await StartAsync(vault);
        vault.Set("example.com", "s1", First);
        await refresh.RefreshAsync(vaultNow: false, Cancel);
        Assert.IsType<DkimKeyLookup.NotUsable>(refresh.Keyring.Find("example.com"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        await refresh.RefreshAsync(vaultNow: false, Cancel);
        Assert.Single(Keys(refresh, "example.com"));
    }

    [Fact]
    public async Task In_an_outage_known_keys_go_on_and_a_new_process_waits_for_the_vault()
    {
        await using var vault = await LoopbackVault.StartAsync();
        vault.Set("example.com", "s1", First);
        using var refresh = await StartAsync(vault);
        vault.Outage = 503;
        await refresh.RefreshAsync(vaultNow: true, Cancel);
        Assert.Single(Keys(refresh, "example.com"));
        Assert.Equal("it answers 503 Unavailable", refresh.VaultFault);
        Assert.False(refresh.IsCurrent);

        // Not even "*" lets mail out unsigned: its key may be in the vault.
        using var other = await StartAsync(vault, "*", "unsigned.example");
        Assert.Contains("it answers 503 Unavailable", Waits(other, "example.com"), StringComparison.Ordinal);
        Assert.Contains("has not been read yet", Waits(other, "example.org"), StringComparison.Ordinal);
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(other.Keyring.Find("unsigned.example"));

        vault.Outage = null;
        // At the next look, not minutes later.
        _clock.Advance(KeyringWatch.Interval);
        await other.RefreshAsync(vaultNow: false, Cancel);
        Assert.Single(Keys(other, "example.com"));
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(other.Keyring.Find("example.org"));
        Assert.Null(other.VaultFault);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_reached_at_all_is_an_outage_too()
    {
        var vault = await LoopbackVault.StartAsync();
        var client = vault.CreateClient();
        await vault.DisposeAsync();
        using var refresh = await StartAsync(new VaultKeys(client), new Uri("https://127.0.0.1/"));
        Assert.Contains("does not answer", Waits(refresh, "example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_secret_stops_its_own_domain_and_is_right_as_soon_as_it_is_mended()
    {
        await using var vault = await LoopbackVault.StartAsync();
        vault.Set("example.com", "s1", First[..400]);
        vault.Set("example.org", "s1", Second);
        using var refresh = await StartAsync(vault);
        Assert.Contains("the vault's secret dkim-example-com-s1", Waits(refresh, "example.com"), StringComparison.Ordinal);
        Assert.Single(Keys(refresh, "example.org"));
        vault.Set("example.com", "s1", First);
        await refresh.RefreshAsync(vaultNow: true, Cancel);
        Assert.Single(Keys(refresh, "example.com"));
    }

    [Fact]
    public async Task Tags_that_cannot_be_used_are_told_and_spoil_nothing_else()
    {
        await using var vault = await LoopbackVault.StartAsync();
        vault.Set("dkim-bad", First, ("domain", "exa;mple.com"), ("selector", "s1"));
        vault.Set("dkim-none", First, ("domain", "example.net"));
        vault.Set("example.org", "s1", Second);
        using var refresh = await StartAsync(vault);
        Assert.Single(Keys(refresh, "example.org"));
        Assert.Equal(2, refresh.Keyring.Current.Entries.Count(entry => entry.Fault?.Contains("tags", StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task A_key_that_another_process_made_is_fetched_as_soon_as_it_signs()
    {
        await using var vault = await LoopbackVault.StartAsync();
        vault.Set("example.com", "old", First);
        var account = _azurite.NewAccount();
        var client = vault.CreateClient();
        using var refresh = await StartAsync(new VaultKeys(client), vault.Uri, account);
        vault.Set("example.com", "new", Second);
        using var fresh = PrivateKeyReader.Read("example.com", "new", Second);
        var states = new DomainStates(new StorageAccount(new StorageAccountOptions { ConnectionString = account }).Domains);
        Assert.True(await states.SaveAsync(new DomainState("example.com", [new SelectorState("new", fresh.Algorithm, fresh.Fingerprint, SelectorPhase.Active, _clock.GetUtcNow())]), Cancel));
        await refresh.RefreshAsync(vaultNow: false, Cancel);
        Assert.Equal("new", Assert.Single(Keys(refresh, "example.com")).Selector);
    }

    [Fact]
    public async Task Nothing_of_a_key_is_logged_whatever_goes_wrong()
    {
        await using var vault = await LoopbackVault.StartAsync();
        foreach (var pem in new[] { First, First[..900], First.Replace("MII", "MIJ", StringComparison.Ordinal), Ed })
        {
            vault.Set("example.com", "s1", pem);
            using var refresh = await StartAsync(vault);
            vault.Outage = 500;
            await refresh.RefreshAsync(vaultNow: true, Cancel);
            vault.Outage = null;
            var told = string.Join('\n', refresh.Keyring.Current.Entries) + refresh.Keyring.Find("example.com") + string.Join('\n', _log.Lines.Select(line => line.Text));
            foreach (var line in pem.Split('\n').Where(line => line.Length >= 24 && !line.StartsWith("---", StringComparison.Ordinal)))
                Assert.DoesNotContain(line[..24], told, StringComparison.Ordinal);
        }
        Assert.NotEmpty(_log.Lines);
    }

    [Fact]
    public async Task Work_that_is_there_before_anything_was_read_waits_for_the_first_reading()
    {
        await using var vault = await LoopbackVault.StartAsync();
        vault.Set("example.com", "s1", First);
        using var refresh = await NewAsync(new VaultKeys(vault.CreateClient()), vault.Uri, null);
        Assert.IsType<DkimKeyLookup.NotUsable>(refresh.Keyring.Find("example.com"));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => refresh.Keyring.FindAsync("example.com", Cancel).AsTask())), lookup => Assert.IsType<DkimKeyLookup.Found>(lookup));
        Assert.Equal(1, vault.ValuesRead);
    }

    private static IReadOnlyList<DkimKey> Keys(KeyringRefresh refresh, string domain) => Assert.IsType<DkimKeyLookup.Found>(refresh.Keyring.Find(domain)).Keys;

    private static string Waits(KeyringRefresh refresh, string domain) => Assert.IsType<DkimKeyLookup.NotUsable>(refresh.Keyring.Find(domain)).Reason;

    private Task<KeyringRefresh> StartAsync(LoopbackVault vault, params string[] unsigned) => StartAsync(new VaultKeys(vault.CreateClient()), vault.Uri, null, unsigned);

    private async Task<KeyringRefresh> StartAsync(VaultKeys keys, Uri vault, string? account = null, params string[] unsigned)
    {
        var refresh = await NewAsync(keys, vault, account, unsigned);
        await refresh.RefreshAsync(vaultNow: false, Cancel);
        return refresh;
    }

    private async Task<KeyringRefresh> NewAsync(VaultKeys keys, Uri vault, string? account, params string[] unsigned)
    {
        var storage = new StorageAccount(new StorageAccountOptions { ConnectionString = account ?? _azurite.NewAccount() });
        await storage.Domains.CreateIfNotExistsAsync(Cancel);
        return new KeyringRefresh(new DkimSettings { Vault = vault, UnsignedDomains = unsigned.ToHashSet() }, keys, new DomainStates(storage.Domains), _clock, _loggers.CreateLogger<KeyringRefresh>());
    }
}
