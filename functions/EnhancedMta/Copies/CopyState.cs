namespace EnhancedMta.Copies;

/// <summary>What became of a message's copy. Its own status: the message's is Sent whatever happens to the copy.</summary>
public enum CopyState
{
    /// <summary>The message was delivered, its copy is to be sent.</summary>
    Waiting,
    /// <summary>The archive's MX took it.</summary>
    Sent,
    /// <summary>Refused for good, expired, or bounced later.</summary>
    Failed,
}
