using System.Text;
using EnhancedMta.Batches;
using EnhancedMta.Deliveries;
using EnhancedMta.Ingestion;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Sites;
using EnhancedMta.Relaying;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Settings;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using EnhancedMta.TlsPolicies;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>The whole pipeline on a DNS, a policy host and an MX on loopback; the test calls what triggers would.</summary>
internal sealed class TlsPipeline : IAsyncDisposable
{
    public const string DeliveryId = "d";

    private readonly ServiceProvider _services;

    private TlsPipeline(string account, PolicyHost policyHost, MailAuthority authority)
    {
        (PolicyHost, Authority) = (policyHost, authority);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            ["EnhancedMta:ReturnPathDomain"] = "bounces.example",
            ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")),
            ["EnhancedMta:Dkim:Unsigned:0"] = "*",
            ["EnhancedMta:NameServers:0"] = Dns.EndPoint.ToString(),
            ["EnhancedMta:TrustedResolver"] = "true",
            ["EnhancedMta:AllowPrivateMx"] = "true",
            ["EnhancedMta:TlsReports:From"] = "tls@sender.example",
            ["EnhancedMta:TlsReports:Organization"] = "The sender",
        }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Clock).AddSingleton(new Random(1));
        services.AddSingleton(new TlsPolicyOptions { HttpsPort = policyHost.Port, Authorities = authority.Trusted });
        services.AddPipeline(configuration);
        services.AddSingleton(MtaSettings.Read(configuration).Dns with { SmtpPort = Server.Port });
        services.AddSingleton(new SmtpPoolOptions { Authorities = authority.Trusted });
        _services = services.BuildServiceProvider();
        Server.Tls = SmtpTls.Works;
        Dns.A(TlsWorld.Host, "127.0.0.1");
    }

    /// <summary>Storage stamps queue messages by its own clock, which is the system's.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public LoopbackDns Dns { get; } = new();

    public ScriptedSmtpServer Server { get; } = ScriptedSmtpServer.Start();

    public PolicyHost PolicyHost { get; }

    public MailAuthority Authority { get; }

    public static async Task<TlsPipeline> StartAsync(AzuriteFixture azurite)
    {
        var authority = new MailAuthority();
        var host = await PolicyHost.StartAsync(authority.IssueByRoot);
        var pipeline = new TlsPipeline(azurite.NewAccount(), host, authority);
        await pipeline.Get<StorageAccount>().EnsureCreatedAsync(TestContext.Current.CancellationToken);
        Assert.Empty(DeclarationReader.Read(DeliveryId, """{"expectedSize": 10}"""u8.ToArray(), out var declaration));
        await pipeline.Get<DeliveryStore>().DeclareAsync(declaration!, TestContext.Current.CancellationToken);
        return pipeline;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A domain whose mail goes to the MX.</summary>
    public void Domain(string name)
    {
        Dns.Mx(name, 10, TlsWorld.Host);
        Dns.A($"mta-sts.{name}", "127.0.0.1");
    }

    public void Enforce(string domain)
    {
        Dns.Txt($"_mta-sts.{domain}", "v=STSv1; id=1;");
        PolicyHost.Publish(domain, $"version: STSv1\r\nmode: enforce\r\nmx: {TlsWorld.Host}\r\nmax_age: 86400\r\n");
    }

    /// <summary>Relays one message to each address, and works on it. The address is the id, but for its <c>@</c>.</summary>
    /// <param name="addresses">Recipients.</param>
    /// <param name="headers">More fields, as JSON properties.</param>
    public async Task RelayAsync(IEnumerable<string> addresses, string headers = "{}")
    {
        var lines = addresses.Select(to => $$"""{"messageId": "{{Id(to)}}", "to": "{{to}}", "from": "news@sender.example", "subject": "News", "text": "Hello", "headers": {{headers}}}""");
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        var delivery = await Get<DeliveryStore>().FindAsync(DeliveryId, CancellationToken.None);
        var answer = await Get<RelayIntake>().AcceptAsync(delivery!, new RelayRequest(body, "application/x-ndjson", DeliveryId), CancellationToken.None);
        Assert.Empty(answer.Rejected);
        await WorkAsync();
    }

    /// <summary>Works on all that is queued.</summary>
    public async Task WorkAsync()
    {
        var queue = Get<StorageAccount>().RelayMarketing;
        while ((await queue.ReceiveMessageAsync(null, TestContext.Current.CancellationToken)).Value is { } message)
        {
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
            await Get<BatchRelay>().RunAsync(Lane.Marketing, message.MessageText, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock to where the next waiting message is due, and works on it.</summary>
    public async Task RetryAsync()
    {
        if (await Get<WaitingBatches>().NextRetryAsync(TestContext.Current.CancellationToken) is { } due && due > Clock.GetUtcNow())
            Clock.SetUtcNow(due);
        await Get<DueRetries>().RunAsync(TestContext.Current.CancellationToken);
        await WorkAsync();
    }

    public async Task<MessageRow> MessageAsync(string to) =>
        (await Get<LogReader>().FindAsync(LogPartition.Of(DeliveryId, Id(to), 1), Id(to), TestContext.Current.CancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
        await PolicyHost.DisposeAsync();
        Dns.Dispose();
        Authority.Dispose();
    }

    private static string Id(string to) => to.Replace('@', '.');
}
