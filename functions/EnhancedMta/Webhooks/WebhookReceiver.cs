using System.Collections.Frozen;
using EnhancedMta.Sites;
using EnhancedMta.StrangerUrls;

namespace EnhancedMta.Webhooks;

/// <summary>Providers' bounce webhooks: proves who sent a request, then reads it. Changes nothing and keeps nothing but certificates and tokens.</summary>
public sealed class WebhookReceiver
{
    /// <summary>Largest body, in octets. The largest published is Event Grid's: 1 MB; SparkPost's batches of some hundred events are below it.</summary>
    public const int MaxLength = 5 * 1024 * 1024;

    /// <summary>Of one request.</summary>
    public const int MaxEvents = 10_000;

    private readonly FrozenDictionary<string, IWebhookSource> _sources;

    /// <param name="settings">What proves who sends.</param>
    /// <param name="http">Gets SNS certificates and confirms subscriptions; <see cref="CreateHttpClient"/> makes a fitting one.</param>
    /// <param name="clock">For validity.</param>
    public WebhookReceiver(WebhookSettings settings, HttpClient http, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _sources = new Dictionary<string, IWebhookSource>
        {
            ["sparkpost"] = new SparkPostWebhook(settings.SparkPost),
            ["sendgrid"] = new SendGridWebhook(settings.SendGridKey),
            ["ses"] = new SesWebhook(settings.SesTopics, new SnsHttp(http), clock),
            ["mailgun"] = new MailgunWebhook(settings.MailgunKeys, clock),
            ["postmark"] = new PostmarkWebhook(settings.Postmark),
            ["acs"] = new AcsWebhook(settings.Acs),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>What <c>{source}</c> in <c>POST bounces/{source}</c> may be.</summary>
    public static IReadOnlyList<string> Sources { get; } = ["sparkpost", "sendgrid", "ses", "mailgun", "postmark", "acs"];

    /// <summary>A client for Amazon's own hosts, that does not wait for long. Their names come in messages: hence it goes to public addresses only.</summary>
    /// <param name="addresses">Where their names are looked up.</param>
    /// <param name="trusted">Hosts that may be anywhere, for tests.</param>
    public static HttpClient CreateHttpClient(HostAddresses addresses, TrustedHosts? trusted = null) => StrangerHttp.CreateClient(addresses, new StrangerHttpOptions
    {
        Trusted = trusted ?? TrustedHosts.None,
        Timeout = TimeSpan.FromSeconds(10),
        ConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    /// <param name="source">One of <see cref="Sources"/>.</param>
    /// <param name="request">What came.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public async Task<WebhookResult> ReceiveAsync(string source, WebhookRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_sources.TryGetValue(source, out var webhook))
            return new WebhookResult.UnknownSource();
        if (webhook.MissingSetting is { } setting)
            return new WebhookResult.NotConfigured(setting);
        if (request.Body.Length > MaxLength)
            return new WebhookResult.Malformed($"The body has more than {MaxLength} octets.");
        return await webhook.ReceiveAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The <c>OPTIONS</c> request with which a CloudEvents sender asks whether it may send (Web Hooks for Event Delivery 1.0 §4).
    /// Of our sources only <c>acs</c> is asked so.
    /// </summary>
    public WebhookResult Handshake(string source, WebhookRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_sources.TryGetValue(source, out var webhook) || webhook is not AcsWebhook acs)
            return new WebhookResult.UnknownSource();
        return acs.MissingSetting is { } setting ? new WebhookResult.NotConfigured(setting) : acs.Handshake(request);
    }
}
