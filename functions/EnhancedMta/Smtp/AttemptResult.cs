using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Smtp;

public enum AttemptOutcome
{
    /// <summary>The server took the message: 250 to the end of data.</summary>
    Accepted,
    /// <summary>The server refused this message, for a while (4xx) or for good (5xx). The session was fine.</summary>
    Refused,
    /// <summary>No session: cannot connect, no greeting, 421, lost. It says nothing of the message; the site waits, not the message alone.</summary>
    NoSession,
    /// <summary>A fault that lies with this message on our side (SMTPUTF8, SIZE): another attempt at this site gives the same.</summary>
    NotSendable,
    /// <summary>The connection ended after the last octet and before the reply: the server may have taken it (RFC 1047). Tried again and counted as a possible repeat.</summary>
    InDoubt,
}

/// <summary>What one try to hand a message to its recipient's site came to.</summary>
public sealed record AttemptResult
{
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>The remote's words, when it said any. For <see cref="AttemptOutcome.NoSession"/> the greeting or 421.</summary>
    public SmtpReply? Reply { get; init; }

    /// <summary>What failed here, when no reply did.</summary>
    public LocalError? Error { get; init; }

    /// <summary>Local detail for the log (an exception's message, which hosts were tried). Never classified.</summary>
    public string? Detail { get; init; }

    /// <summary>The host that we spoke with, or tried last.</summary>
    public string? MxHost { get; init; }

    /// <summary>Its address with port.</summary>
    public string? RemoteAddress { get; init; }

    /// <summary>Protocol and cipher suite of the session, or null for clear text.</summary>
    public string? Tls { get; init; }

    /// <summary>For people: the domain's TLS policy, and how the session met it.</summary>
    public string? TlsPolicy { get; init; }

    /// <summary>No session that the recipient's domain allows; for other domains the site may do. With <see cref="AttemptOutcome.NoSession"/>.</summary>
    public bool IsPolicyFailure { get; init; }

    /// <summary>Sessions, and tries at one, that the domain may want to hear of.</summary>
    internal IReadOnlyList<TlsSession> TlsSessions { get; init; } = [];

    /// <summary>From the first command of this message to the outcome.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What of it, and of the session's opening, took how long.</summary>
    public SmtpPhases Phases { get; init; }
}
