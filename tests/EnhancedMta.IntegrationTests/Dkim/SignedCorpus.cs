using System.Globalization;
using System.Net.Http.Headers;
using EnhancedMta.Dkim;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>The app with a key of either kind, that relays all odd mails.</summary>
internal sealed class SignedCorpus : IAsyncDisposable
{
    private static readonly string Rsa = PrivateKeyMaker.Make(DkimAlgorithm.Rsa);
    private static readonly string Ed25519 = PrivateKeyMaker.Make(DkimAlgorithm.Ed25519);

    private readonly MtaUnderTest _mta;

    private SignedCorpus(MtaUnderTest mta) => _mta = mta;

    /// <summary>The records that verifiers look for.</summary>
    public static IReadOnlyList<DkimRecord> Records { get; } = [Record("rsa", Rsa), Record("ed", Ed25519)];

    /// <param name="azurite">For its storage.</param>
    /// <param name="port">On loopback, of the server that gets all mail.</param>
    public static async Task<SignedCorpus> StartAsync(AzuriteFixture azurite, int port) => new(await MtaUnderTest.StartAsync(azurite, [], null, null, new Dictionary<string, string?>
    {
        ["EnhancedMta:Routes:*"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
        ["EnhancedMta:Dkim:0:Domain"] = OddMails.SenderDomain,
        ["EnhancedMta:Dkim:0:Selector"] = "rsa",
        ["EnhancedMta:Dkim:0:PrivateKey"] = Rsa,
        ["EnhancedMta:Dkim:1:Domain"] = OddMails.SenderDomain,
        ["EnhancedMta:Dkim:1:Selector"] = "ed",
        ["EnhancedMta:Dkim:1:PrivateKey"] = Ed25519,
    }));

    /// <summary>Through ingestion, storage and SMTP, until the server has them all.</summary>
    public async Task RelayAsync()
    {
        await _mta.DeclareAsync("odd", new { });
        foreach (var (name, mail) in OddMails.All)
        {
            using var content = new ByteArrayContent(mail) { Headers = { ContentType = new MediaTypeHeaderValue("message/rfc822") } };
            var id = OddMails.All.TakeWhile(odd => odd.Name != name).Count();
            var answer = await _mta.SendAsync(HttpMethod.Post, $"deliveries/odd/messages?messageId={id}&to={Uri.EscapeDataString($"{name}@{MtaUnderTest.Domain}")}", 202, content);
            Assert.True(answer.GetProperty("accepted").GetInt32() == 1, $"{name}: {answer}");
        }
        await _mta.SettledAsync("odd", waiting: 0);
        var summary = await _mta.SummaryAsync("odd");
        Assert.True(summary.GetProperty("delivered").GetInt32() == OddMails.All.Count, summary.ToString());
    }

    public ValueTask DisposeAsync() => _mta.DisposeAsync();

    private static DkimRecord Record(string selector, string pem)
    {
        using var key = PrivateKeyReader.Read(OddMails.SenderDomain, selector, pem);
        return DkimRecord.Of(key);
    }
}
