using System.Text;
using EnhancedMta.Bounces;
using EnhancedMta.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Webhooks;

/// <summary>Requests as providers make them, and what is read of them.</summary>
internal static class Webhook
{
    public const string ReturnPath = "b-ceaq5xk3mzrtwyu2@bounces.shop.example";

    public static readonly DateTimeOffset Now = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    public static WebhookReceiver Receiver(WebhookSettings settings, HttpClient? http = null, DateTimeOffset? now = null) =>
        // Without a client of the test's own, nothing may be asked of anybody.
        new(settings, http ?? new HttpClient(new NoNetwork()), new FakeTimeProvider(now ?? Now));

    public static WebhookRequest Request(string body, params (string Name, string Value)[] headers) => Request(Encoding.UTF8.GetBytes(body), headers);

    public static WebhookRequest Request(byte[] body, params (string Name, string Value)[] headers) =>
        new(new HeaderDictionary(headers.ToDictionary(h => h.Name, h => new StringValues(h.Value), StringComparer.OrdinalIgnoreCase)), QueryCollection.Empty, body);

    public static (string Name, string Value) Basic(string user, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public static (string Name, string Value) Bearer(string token) => ("Authorization", $"Bearer {token}");

    public static async Task<WebhookReading> ReadAsync(this WebhookReceiver receiver, string source, WebhookRequest request) =>
        Assert.IsType<WebhookResult.Read>(await receiver.ReceiveAsync(source, request, TestContext.Current.CancellationToken)).Reading;

    public static async Task<BounceReport> ReadOneAsync(this WebhookReceiver receiver, string source, WebhookRequest request)
    {
        var reading = await receiver.ReadAsync(source, request);
        Assert.Empty(reading.Faults);
        Assert.Empty(reading.Ignored);
        return Assert.Single(reading.Reports);
    }

    public static async Task<string> RefusedAsync(this WebhookReceiver receiver, string source, WebhookRequest request) =>
        Assert.IsType<WebhookResult.Unauthorized>(await receiver.ReceiveAsync(source, request, TestContext.Current.CancellationToken)).Reason;

    public static async Task<string> MalformedAsync(this WebhookReceiver receiver, string source, WebhookRequest request) =>
        Assert.IsType<WebhookResult.Malformed>(await receiver.ReceiveAsync(source, request, TestContext.Current.CancellationToken)).Detail;

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"Nothing may be asked of {request.RequestUri}.");
    }
}
