namespace EnhancedMta.Webhooks;

/// <summary>A provider: proves who sent a request, then reads it.</summary>
internal interface IWebhookSource
{
    /// <summary>The setting without which it is off; null when it is on.</summary>
    string? MissingSetting { get; }

    Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken);
}
