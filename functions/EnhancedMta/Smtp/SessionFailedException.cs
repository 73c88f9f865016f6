namespace EnhancedMta.Smtp;

/// <summary>No session came about: by the server's words, or by an error of ours.</summary>
internal sealed class SessionFailedException(LocalError? error, SmtpReply? reply, string message, Exception? cause = null) : Exception(message, cause)
{
    public LocalError? Error { get; } = error;

    public SmtpReply? Reply { get; } = reply;

    /// <summary>The egress would not go to this target, which says little of the egress: others may do.</summary>
    public bool IsDoubt { get; init; }
}
