using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Smtp;

/// <summary>No session came about: by the server's words, or by an error of ours.</summary>
internal sealed class SessionFailedException(LocalError? error, SmtpReply? reply, string message, Exception? cause = null) : Exception(message, cause)
{
    public LocalError? Error { get; } = error;

    public SmtpReply? Reply { get; } = reply;

    /// <summary>The egress would not go to this target, which says little of the egress: others may do.</summary>
    public bool IsDoubt { get; init; }

    /// <summary>What was wrong with TLS, for <see cref="LocalError.TlsFailed"/>.</summary>
    public TlsFailure? Tls { get; init; }

    /// <summary>The MX rule would have gone on: it is the recipient's domain that asks for more.</summary>
    public bool IsOfPolicy { get; init; }
}
