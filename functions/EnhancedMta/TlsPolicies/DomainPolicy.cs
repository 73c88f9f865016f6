using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.TlsPolicies;

/// <summary>What a recipient domain asks of the sessions that carry its mail. Of its policies the first that speaks of a host holds for that host.</summary>
/// <param name="domain">The recipient domain.</param>
/// <param name="hosts">By host name; hosts without a policy are left out.</param>
/// <param name="isReported">The domain wants to hear how TLS did (RFC 8460 §3).</param>
internal sealed class DomainPolicy(string domain, IReadOnlyDictionary<string, HostPolicy> hosts, bool isReported)
{
    public string Domain => domain;

    public bool IsReported => isReported;

    public bool IsEnforced { get; } = hosts.Values.Any(policy => policy.IsEnforced);

    public HostPolicy? For(MxHost host) => hosts.GetValueOrDefault(host.Name);

    /// <summary>Whether mail of the domain may go over a session that somebody opened, for whatever domain.</summary>
    public bool IsMetBy(SmtpSession session) =>
        For(session.Host) is not { IsEnforced: true } policy || (policy.Refusal ?? policy.Check(session.Security)) is null;

    /// <summary>What is to be reported of a session that carries the domain's mail.</summary>
    public TlsSession Judge(SmtpSession session)
    {
        var policy = For(session.Host);
        var failure = policy is not null ? policy.Refusal ?? policy.Check(session.Security) : session.Security.IsEncrypted ? null : session.Security.WhyClear;
        return new TlsSession(policy, session.Host.Name, session.Address, failure);
    }

    /// <summary>For people: the policy that the session met, or would have failed.</summary>
    public string? Describe(SmtpSession session) => For(session.Host) is not { } policy ? null
        : Judge(session).Failure is not { } failure ? policy.Met
        : $"not enforced, and failed: {failure.Detail}";
}

/// <summary>A session, or the try at one, under a domain's policy.</summary>
/// <param name="Policy">Null when the domain has none for the host.</param>
/// <param name="MxHost">Its name.</param>
/// <param name="Address">With port; null when it was not connected to.</param>
/// <param name="Failure">Null for success.</param>
internal sealed record TlsSession(HostPolicy? Policy, string MxHost, string? Address, TlsFailure? Failure);
