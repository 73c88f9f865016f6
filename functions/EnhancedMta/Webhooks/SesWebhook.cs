using System.Text.Json;

namespace EnhancedMta.Webhooks;

/// <summary>Amazon SES's events by way of SNS: each in a signed envelope, for one of the topics that are ours.</summary>
internal sealed class SesWebhook(IReadOnlyList<string> topics, SnsHttp sns, TimeProvider clock) : IWebhookSource
{
    private const string Expected = "a JSON message of Amazon SNS (raw message delivery must be off: it is not signed)";

    public string? MissingSetting => topics.Count == 0 ? WebhookSettings.SesSetting : null;

    public async Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken)
    {
        if (!WebhookBody.TryParse(request.Body, Expected, out var document, out var malformed))
            return malformed;
        SnsEnvelope envelope;
        using (document)
        {
            try
            {
                envelope = SnsEnvelope.Read(new EventFields(document.RootElement, ""));
            }
            catch (EventFaultException e)
            {
                return new WebhookResult.Malformed($"The body must be {Expected}. {e.Message}.");
            }
        }

        try
        {
            return await FaultAsync(envelope, cancellationToken).ConfigureAwait(false) is { } fault
                ? new WebhookResult.Unauthorized($"ses: {fault}")
                : await ReadAsync(envelope, cancellationToken).ConfigureAwait(false);
        }
        catch (SnsRefusedException e)
        {
            return new WebhookResult.Unauthorized($"ses: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            return new WebhookResult.Unavailable($"ses: {e.Message}");
        }
    }

    // The topic first: a stranger's message must not make us ask anybody.
    private async Task<string?> FaultAsync(SnsEnvelope envelope, CancellationToken cancellationToken)
    {
        if (!topics.Contains(envelope.TopicArn, StringComparer.Ordinal))
            return "the topic is none of EnhancedMta__Webhooks__ses__TopicArns";
        if (SnsUrls.Certificate(envelope.SigningCertUrl) is not { } url)
            return "SigningCertURL is no certificate of Amazon SNS";
        var certificate = await sns.CertificateAsync(url, cancellationToken).ConfigureAwait(false);
        return certificate.IsValidAt(clock.GetUtcNow()) ? certificate.Fault(envelope) : "the certificate is not valid now";
    }

    private async Task<WebhookResult> ReadAsync(SnsEnvelope envelope, CancellationToken cancellationToken)
    {
        var reading = new ReadingBuilder();
        switch (envelope.Type)
        {
            case SnsEnvelope.Notification:
                return ReadMessage(envelope, reading);
            case SnsEnvelope.SubscriptionConfirmation when SnsUrls.Subscription(envelope.SubscribeUrl) is { } url:
                await sns.ConfirmAsync(url, cancellationToken).ConfigureAwait(false);
                break;
            case SnsEnvelope.SubscriptionConfirmation:
                return new WebhookResult.Unauthorized("ses: SubscribeURL is not of Amazon SNS");
        }
        reading.Ignore(envelope.Type);
        return reading.Build();
    }

    private static WebhookResult ReadMessage(SnsEnvelope envelope, ReadingBuilder reading)
    {
        // What SES says, not in JSON, when an event destination is made.
        if (envelope.Message.StartsWith("Successfully validated SNS topic", StringComparison.Ordinal))
        {
            reading.Ignore("topic validation");
            return reading.Build();
        }
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(envelope.Message, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException)
        {
            return new WebhookResult.Malformed("Message must be a JSON event of Amazon SES.");
        }
        using (document)
        {
            reading.ForEach([(document.RootElement, "Message")], fields => SesEvents.Read(fields, envelope.MessageId, reading));
            return reading.Build();
        }
    }
}
