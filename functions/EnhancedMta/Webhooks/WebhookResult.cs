namespace EnhancedMta.Webhooks;

/// <summary>What became of a provider's request.</summary>
public abstract record WebhookResult
{
    private WebhookResult()
    {
    }

    /// <summary>No such source: <see cref="WebhookReceiver.Sources"/> are there.</summary>
    public sealed record UnknownSource : WebhookResult;

    /// <summary>The source is off.</summary>
    /// <param name="Setting">What would turn it on, as app settings are written.</param>
    public sealed record NotConfigured(string Setting) : WebhookResult;

    /// <summary>It is not proven who sent it.</summary>
    /// <param name="Reason">For our log, not for the caller. Holds no secret.</param>
    public sealed record Unauthorized(string Reason) : WebhookResult;

    /// <summary>Nothing of it can be read, whenever it is sent again.</summary>
    /// <param name="Detail">What was expected; for the caller.</param>
    public sealed record Malformed(string Detail) : WebhookResult;

    /// <summary>Something that the check needs cannot be had just now: the provider should send it again (503).</summary>
    /// <param name="Reason">For our log.</param>
    public sealed record Unavailable(string Reason) : WebhookResult;

    public sealed record Read(WebhookReading Reading) : WebhookResult;

    /// <summary>CloudEvents' handshake: answer 200 with this as <c>WebHook-Allowed-Origin</c>.</summary>
    public sealed record AllowedOrigin(string Origin) : WebhookResult;
}

/// <summary>What a proven request says.</summary>
/// <param name="Reports">In the order of the events.</param>
/// <param name="Ignored">Kinds of events that are none of our business, or unknown, and how many there were.</param>
/// <param name="Faults">Events that could not be read, each with its index and field. They did not spoil the others.</param>
/// <param name="Answer">JSON that the provider waits for; null when any 200 will do.</param>
public sealed record WebhookReading(
    IReadOnlyList<Bounces.BounceReport> Reports, IReadOnlyDictionary<string, int> Ignored, IReadOnlyList<string> Faults, string? Answer);
