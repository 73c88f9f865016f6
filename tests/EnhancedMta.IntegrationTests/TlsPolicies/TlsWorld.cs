using System.Security.Cryptography;
using Azure.Data.Tables;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Sites;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.TlsPolicies;
using EnhancedMta.TlsReports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>DNS, a policy host, an MX and our parts, all on loopback: <c>a.test</c> has the MX <c>mx.a.test</c>.</summary>
internal sealed class TlsWorld : IAsyncDisposable
{
    public const string Domain = "a.test";
    public const string Host = "mx.a.test";

    private readonly DnsRecords _records;
    private readonly StsFetch _fetch;
    private readonly SmtpPool _pool;
    private readonly PathConnections _path;
    private readonly Dictionary<string, System.Security.Cryptography.X509Certificates.X509Certificate2> _certificates = [];

    private TlsWorld(StorageTables storage, PolicyHost policyHost, MailAuthority authority)
    {
        (PolicyHost, Authority) = (policyHost, authority);
        DnsOptions = Dns.Options with { IsTrusted = true, AllowPrivateAddresses = true, Timeout = TimeSpan.FromSeconds(5) };
        Options = new TlsPolicyOptions { HttpsPort = policyHost.Port, Authorities = authority.Trusted };
        _records = new DnsRecords(DnsOptions.CreateClient(), DnsOptions);
        var addresses = new HostAddresses(_records, DnsOptions, Clock);
        _fetch = new StsFetch(addresses, Options);
        Tally = new TlsTally(Clock);
        Targets = new ReportTargets(_records, DnsOptions, new TlsReportOptions("tls@sender.example", "Sender"), Clock);
        Policies = NewDirectory(storage, addresses);
        _pool = new SmtpPool(addresses, Sending.Health(Clock), new SmtpPoolOptions { Authorities = authority.Trusted }, Clock, new Random(1), NullLogger<SmtpPool>.Instance);
        _path = _pool.AddPath();
        _path.Resize(4);
        Dns.A(Host, "127.0.0.1");
        Dns.A($"mta-sts.{Domain}", "127.0.0.1");
        Server.Tls = SmtpTls.Works;
    }

    public LoopbackDns Dns { get; } = new();

    public DnsOptions DnsOptions { get; }

    public TlsPolicyOptions Options { get; }

    public PolicyHost PolicyHost { get; }

    public MailAuthority Authority { get; }

    public ScriptedSmtpServer Server { get; } = ScriptedSmtpServer.Start();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public TlsTally Tally { get; }

    public ReportTargets Targets { get; }

    public TlsPolicyDirectory Policies { get; private set; }

    /// <summary>The MX's host and port: a test's server cannot have port 25.</summary>
    public Site Site => Site.Of([new MxHost(Host, 10, Server.Port)]);

    public static async Task<TlsWorld> StartAsync(AzuriteFixture azurite)
    {
        var authority = new MailAuthority();
        TlsWorld? world = null;
        var host = await PolicyHost.StartAsync(name => world!.CertificateFor(name));
        world = new TlsWorld(await StorageTables.CreateAsync(azurite), host, authority);
        return world;
    }

    /// <summary>Whose certificate the policy host shows when it is asked for a name; its own unless set.</summary>
    public Func<string, string>? CertificateName { get; set; }

    /// <summary>Publishes an MTA-STS policy of the domain and its record.</summary>
    public void Announce(string mode, string mx = Host, string id = "1", string domain = Domain, int maxAge = 86_400)
    {
        Dns.Clear($"_mta-sts.{domain}");
        Dns.Txt($"_mta-sts.{domain}", $"v=STSv1; id={id};");
        PolicyHost.Publish(domain, $"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {maxAge}\r\n");
    }

    /// <summary>Publishes a TLSA record of the MX.</summary>
    public void Tlsa(int usage, int selector, int matching, byte[] data) => Dns.Tlsa($"_{Server.Port}._tcp.{Host}", usage, selector, matching, matching switch
    {
        1 => SHA256.HashData(data),
        2 => SHA512.HashData(data),
        _ => data,
    });

    public Task<DomainPolicy?> FindAsync(string domain = Domain, bool isSecure = true) =>
        Policies.FindAsync(domain, SiteLookup.Found(Site, isSecure), TestContext.Current.CancellationToken);

    /// <summary>Sends a mail to the domain under its policy.</summary>
    public async Task<AttemptResult> SendAsync(string domain = Domain, bool isSecure = true, TlsLevel rule = TlsLevel.Opportunistic)
    {
        var policy = await FindAsync(domain, isSecure);
        var result = await _pool.SendAsync(
            _path, Sending.Egress, Site, new SessionTerms(rule, new SmtpTimeouts(), 100) { Policy = policy }, isUrgent: false,
            () => ValueTask.FromResult<OutboundMail?>(Sending.Mail(recipient: $"b@{domain}")), () => true, TestContext.Current.CancellationToken, TestContext.Current.CancellationToken);
        Policies.Tell(policy, Site, Sending.Egress, result!);
        return result!;
    }

    /// <summary>Another process on the same storage.</summary>
    public TlsPolicyDirectory NewDirectory(StorageTables storage) => NewDirectory(storage, new HostAddresses(_records, DnsOptions, Clock));

    public StorageTables Storage { get; private set; } = null!;

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await Server.DisposeAsync();
        await PolicyHost.DisposeAsync();
        _fetch.Dispose();
        _records.Dispose();
        Dns.Dispose();
        Authority.Dispose();
    }

    private TlsPolicyDirectory NewDirectory(StorageTables storage, HostAddresses addresses)
    {
        Storage = storage;
        return new(
            new StsPolicies(_records, _fetch, new StsStore(storage.Policies), Options, DnsOptions, Clock, NullLogger<StsPolicies>.Instance),
            new DanePolicies(_records, addresses, DnsOptions, Clock), Targets, new PolicyFailures(Options, Clock), Tally);
    }

    private System.Security.Cryptography.X509Certificates.X509Certificate2 CertificateFor(string name)
    {
        name = CertificateName?.Invoke(name) ?? name;
        lock (_certificates)
        {
            if (!_certificates.TryGetValue(name, out var certificate))
            {
                // The policy host sends no intermediate certificate, so the root issues its own.
                _certificates[name] = certificate = Authority.IssueByRoot(name);
            }
            return certificate;
        }
    }
}

/// <summary>Tables of a storage account of the test's own.</summary>
internal sealed record StorageTables(TableClient Policies, TableClient Reports)
{
    public static async Task<StorageTables> CreateAsync(AzuriteFixture azurite)
    {
        var account = new EnhancedMta.Storage.StorageAccount(new EnhancedMta.Storage.StorageAccountOptions { ConnectionString = azurite.NewAccount() });
        await Task.WhenAll(account.TlsPolicies.CreateIfNotExistsAsync(TestContext.Current.CancellationToken), account.TlsReports.CreateIfNotExistsAsync(TestContext.Current.CancellationToken));
        return new(account.TlsPolicies, account.TlsReports);
    }
}
