using System.Net;
using DnsClient;

namespace EnhancedMta.Sites;

/// <summary>How the DNS is asked and how long its answers are kept.</summary>
public sealed record DnsOptions
{
    /// <summary>Servers to ask; empty for the system's.</summary>
    public IReadOnlyList<IPEndPoint> NameServers { get; init; } = [];

    /// <summary>Of MX hosts; another than 25 is for laboratories.</summary>
    public int SmtpPort { get; init; } = 25;

    /// <summary>For one question to one server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Further rounds over the servers after one in which none had an answer and one was silent.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Questions under way at once, in the process.</summary>
    public int MaxConcurrentQuestions { get; init; } = 64;

    /// <summary>Floor for the time that an answer, found or negative, is kept.</summary>
    public TimeSpan MinTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Ceiling for the time that an answer is kept (RFC 2308 §5 advises hours at most for a negative one).</summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a time-out or SERVFAIL is kept (RFC 2308 §7.1: at most five minutes).</summary>
    public TimeSpan ErrorTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Domains, and hosts, whose answers are kept at most.</summary>
    public int CacheCapacity { get; init; } = 50_000;

    /// <summary>Lets MX hosts have loopback, private and other special addresses. For laboratories.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>
    /// The servers validate (RFC 4035), and nobody can change what they say on its way to us: their AD bit counts. Without it no answer is
    /// secure, and there is no DANE.
    /// </summary>
    public bool IsTrusted { get; init; }

    /// <summary>
    /// A client that asks one server once and gives back what it says: our cache keeps negative answers as long as they say, and only we
    /// know which answers another server may better. NXDOMAIN is none of them, nor is a name without such records.
    /// </summary>
    public ILookupClient CreateClient()
    {
        var options = NameServers.Count == 0 ? new LookupClientOptions() : new LookupClientOptions([.. NameServers]);
        options.UseCache = false;
        options.ThrowDnsErrors = false;
        options.Timeout = Timeout;
        options.Retries = 0;
        options.ContinueOnDnsError = false;
        options.ContinueOnEmptyResponse = false;
        // The DO bit asks for the AD bit (RFC 6840 §5.7).
        options.RequestDnsSecRecords = IsTrusted;
        return new LookupClient(options);
    }
}
