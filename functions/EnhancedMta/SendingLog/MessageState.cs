namespace EnhancedMta.SendingLog;

/// <summary>The finer state under Campaign's Sent and Failed.</summary>
public enum MessageState
{
    /// <summary>Accepted, and not yet tried. Sent.</summary>
    Queued,
    /// <summary>Between two attempts, or held back by its site. Sent.</summary>
    Waiting,
    /// <summary>The recipient's MX took it. Sent.</summary>
    Delivered,
    /// <summary>Refused for good. Failed.</summary>
    Bounced,
    /// <summary>The validity period ended first. Failed.</summary>
    Expired,
}

public static class MessageStates
{
    public const string Sent = "Sent";
    public const string Failed = "Failed";

    /// <summary>Campaign's status of the state.</summary>
    public static string Status(this MessageState state) => state is MessageState.Bounced or MessageState.Expired ? Failed : Sent;

    /// <summary>Nothing more will be tried.</summary>
    public static bool IsFinal(this MessageState state) => state is MessageState.Delivered or MessageState.Bounced or MessageState.Expired;
}
