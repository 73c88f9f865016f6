using System.Text;
using System.Text.Json;
using Azure.Security.KeyVault.Secrets;
using EnhancedMta.Dkim;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.IntegrationTests.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>The whole app with keys of a vault, name servers and a receiver on loopback, and a timer that the test drives.</summary>
internal sealed class DkimStage : IAsyncDisposable
{
    public const string Domain = "sender.test";

    private readonly ScriptedSmtpServer _receiver = ScriptedSmtpServer.Start();
    private readonly LoopbackDns[] _dns = [new(), new()];
    private MtaUnderTest? _mta;
    private int _sent;

    private DkimStage(LoopbackVault vault) => Vault = vault;

    public static string First { get; } = PrivateKeyMaker.Make(DkimAlgorithm.Rsa);

    public LoopbackVault Vault { get; }

    public LoopbackDns Primary => _dns[0];

    public LoopbackDns Secondary => _dns[1];

    public MtaUnderTest Mta => _mta ?? throw new InvalidOperationException("The app does not run.");

    public IReadOnlyList<ReceivedMail> Mails => _receiver.Mails;

    /// <summary>Starts the app, once the vault has what it shall find there.</summary>
    public static async Task<DkimStage> StartAsync(AzuriteFixture azurite, Action<DkimStage> prepare)
    {
        var stage = new DkimStage(await LoopbackVault.StartAsync());
        prepare(stage);
        stage._mta = await MtaUnderTest.StartAsync(azurite, [], null, services => services.AddSingleton<SecretClient>(_ => stage.Vault.CreateClient()), new Dictionary<string, string?>
        {
            ["EnhancedMta:Routes:*"] = $"127.0.0.1:{stage._receiver.Port}",
            ["EnhancedMta:Dkim:VaultUri"] = stage.Vault.Uri.ToString(),
            ["EnhancedMta:Dkim:Unsigned:0"] = "unsigned.test",
            ["EnhancedMta:NameServers:0"] = stage.Primary.EndPoint.ToString(),
            ["EnhancedMta:Dkim:NameServers:0"] = stage.Primary.EndPoint.ToString(),
            ["EnhancedMta:Dkim:NameServers:1"] = stage.Secondary.EndPoint.ToString(),
        });
        return stage;
    }

    /// <summary>Puts a key into the vault and its record on both name servers.</summary>
    public void Publish(string selector, string pem)
    {
        Vault.Set(Domain, selector, pem);
        PublishRecord(selector, pem);
    }

    public void PublishRecord(string selector, string pem)
    {
        using var key = PrivateKeyReader.Read(Domain, selector, pem);
        var record = DkimRecord.Of(key);
        foreach (var server in _dns)
            server.Txt(record.Name, record.Strings);
    }

    public void Withdraw(string selector)
    {
        foreach (var server in _dns)
            server.Clear($"{selector}._domainkey.{Domain}");
    }

    /// <summary>What the timer does.</summary>
    public Task DriveAsync() => Mta.Host.RunTimerAsync("DriveDkimRotation", TestContext.Current.CancellationToken);

    /// <summary>The timer, as often as it would come.</summary>
    public async Task DriveForAsync(TimeSpan time, TimeSpan? interval = null)
    {
        var step = interval ?? TimeSpan.FromMinutes(1);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Mta.Clock.Advance(step);
            await DriveAsync();
        }
    }

    /// <summary>Sends a mail, and tells the selectors that it is signed with.</summary>
    public async Task<IReadOnlyList<string>> SelectorsOfAMailAsync()
    {
        var before = Mails.Count;
        await RelayAsync(1);
        await Mta.SettledAsync("d", waiting: 0);
        return SelectorsOf(Assert.Single(Mails.Skip(before)));
    }

    public Task RelayAsync(int count)
    {
        var lines = Enumerable.Range(0, count).Select(_ => JsonSerializer.Serialize(new
        {
            messageId = $"m{_sent++}",
            to = $"a@{MtaUnderTest.Domain}",
            from = $"news@{Domain}",
            subject = "Hello",
            text = "Hello.",
        }));
        return Mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(string.Join('\n', lines)));
    }

    public static IReadOnlyList<string> SelectorsOf(ReceivedMail mail) => [.. mail.Text.Split("DKIM-Signature:").Skip(1).Select(field => field.Split("s=")[1].Split(';')[0])];

    public Task<JsonElement> ShowAsync(string domain = Domain) => Mta.SendAsync(HttpMethod.Get, $"domains/{domain}/dkim", 200);

    public Task<JsonElement> RotateAsync(int status, string? body = null) =>
        Mta.SendAsync(HttpMethod.Post, $"domains/{Domain}/dkim", status, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));

    public async Task<IReadOnlyList<JsonElement>> IncidentsAsync() =>
        [.. (await Mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray()];

    /// <summary>Of a declaration with this sender.</summary>
    public async Task<IReadOnlyList<string>> WarningsAsync(string sender) =>
        [.. (await Mta.DeclareAsync($"w{_sent++}", new { sender })).GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];

    public async ValueTask DisposeAsync()
    {
        if (_mta is not null)
            await _mta.DisposeAsync();
        await Vault.DisposeAsync();
        await _receiver.DisposeAsync();
        foreach (var server in _dns)
            server.Dispose();
    }
}
