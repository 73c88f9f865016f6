using System.Collections.Concurrent;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <param name="MaxConnectionsPerPath">Leave that each path has.</param>
/// <param name="MaxConnections">Of the process.</param>
/// <param name="MaxMessagesPerConnection">Of each path.</param>
internal sealed record TestPoolOptions(int MaxConnectionsPerPath = 20, int MaxConnections = 200, int MaxMessagesPerConnection = 100)
{
    public SmtpTimeouts Timeouts { get; init; } = new();

    public TlsLevel Tls { get; init; } = TlsLevel.Opportunistic;

    public DnsOptions Dns { get; init; } = new();
}

/// <summary>A pool whose paths, one for each egress and site, have the same leave from the start.</summary>
internal sealed class TestPool : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(int, string), Lazy<PathConnections>> _paths = [];
    private readonly TestPoolOptions _options;
    private readonly SmtpPool _pool;

    public TestPool(TestPoolOptions options, TimeProvider time, EgressHealth health)
    {
        var dns = options.Dns;
        var addresses = new HostAddresses(new DnsRecords(dns.CreateClient(), dns), dns, time);
        _options = options;
        _pool = new SmtpPool(addresses, health, new SmtpPoolOptions { MaxConnections = options.MaxConnections }, time, new Random(1), NullLogger<SmtpPool>.Instance);
    }

    public SmtpPool Pool => _pool;

    public int OpenConnections => _pool.OpenConnections;

    public int IdleConnections => _pool.IdleConnections;

    public PathConnections Path(Egress egress, Site site) => _paths.GetOrAdd((egress.PublicId, egress.Destination(site).Key), _ => new(() =>
    {
        var path = _pool.AddPath();
        path.Resize(_options.MaxConnectionsPerPath);
        return path;
    })).Value;

    public Task<AttemptResult> SendAsync(Egress egress, Site site, OutboundMail mail, CancellationToken cancellationToken) =>
        SendAsync(Path(egress, site), egress, site, mail, cancellationToken)!;

    public Task<AttemptResult?> SendAsync(PathConnections path, Egress egress, Site site, OutboundMail mail, CancellationToken cancellationToken, Func<bool>? mayGo = null) =>
        _pool.SendAsync(
            path, egress, site, new SessionTerms(_options.Tls, _options.Timeouts, _options.MaxMessagesPerConnection),
            isUrgent: false, () => ValueTask.FromResult<OutboundMail?>(mail), mayGo ?? (() => true), cancellationToken, cancellationToken);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}
