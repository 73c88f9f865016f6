using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EnhancedMta.Feedback.Push;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>A real HTTP server that takes feedback as its documentation says: verifies, drops what it has, keeps the rest in the order in which it came.</summary>
internal sealed class FeedbackReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _batches = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<JsonElement> _events = [];

    private FeedbackReceiver(WebApplication app) => _app = app;

    /// <summary>Answers in place of 204, or null. Called before the batch is taken when <c>false</c>, after it when <c>true</c>: an answer that is lost.</summary>
    public Func<HttpContext, bool, Task<int?>> Answer { get; set; } = (_, _) => Task.FromResult<int?>(null);

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What is wrong with what came.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>Requests, each with its time on the wall.</summary>
    public ConcurrentQueue<(string Path, string Key, int Events, int Bytes)> Requests { get; } = new();

    /// <summary>Each event once, as first seen.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    /// <summary>Batches that came again.</summary>
    public int Repeats { get; private set; }

    public static async Task<FeedbackReceiver> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var receiver = new FeedbackReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/feedback.jssp?from=mta");
        return receiver;
    }

    /// <summary>Ids of the messages that a delivery's events are about, in the order in which they came.</summary>
    public IEnumerable<string> MessagesOf(string deliveryId) =>
        Events.Where(e => e.GetProperty("deliveryId").GetString() == deliveryId).Select(e => e.GetProperty("messageId").GetString()!);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var body = buffer.ToArray();
        var key = context.Request.Headers[PushHttp.IdempotencyHeader].ToString();
        Verify(context, key, body);
        var batch = JsonSerializer.Deserialize<JsonElement>(body);
        Requests.Enqueue((context.Request.Path, key, batch.GetProperty("events").GetArrayLength(), body.Length));
        if (await Answer(context, false) is { } refusal)
        {
            context.Response.StatusCode = refusal;
            return;
        }

        Take(key, body, batch);
        context.Response.StatusCode = await Answer(context, true) ?? StatusCodes.Status204NoContent;
    }

    private void Take(string key, byte[] body, JsonElement batch)
    {
        lock (_lock)
        {
            var text = Encoding.UTF8.GetString(body);
            if (!_batches.TryAdd(key, text))
            {
                Repeats++;
                if (_batches[key] != text)
                    Faults.Enqueue($"Batch {key} came with two contents.");
                return;
            }

            foreach (var happened in batch.GetProperty("events").EnumerateArray())
            {
                if (!_known.Add(happened.GetProperty("id").GetString()!))
                    Faults.Enqueue($"Event {happened.GetProperty("id")} came in two batches.");
                else
                    _events.Add(happened.Clone());
            }
        }
    }

    private void Verify(HttpContext context, string key, byte[] body)
    {
        var timestamp = context.Request.Headers[PushSignature.TimestampHeader].ToString();
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}.{key}."), .. body];
        var expected = "one=" + Convert.ToHexStringLower(HMACSHA256.HashData(FeedProcess.Secret, signed));
        if (!context.Request.Headers[PushSignature.SignatureHeader].ToString().Split(',').Contains(expected))
            Faults.Enqueue($"Batch {key} is not signed.");
    }
}
