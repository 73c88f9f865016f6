using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Smtp;

/// <summary>What a message needs of a session: its path's site, and what its recipient's domain asks of TLS.</summary>
internal readonly record struct SessionWish(SessionKey Key, DomainPolicy? Policy)
{
    public bool IsMetBy(SessionKey key, SmtpSession session) => key == Key && (Policy is null || Policy.IsMetBy(session));
}
