using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Campaign's side of feedback: takes what is pushed, verifies it, and drops what it has.</summary>
internal sealed class FeedbackDesk : IAsyncDisposable
{
    public const string KeyId = "demo";

    private readonly WebApplication _app;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);
    private readonly List<string> _events = [];

    private FeedbackDesk(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    public string Secret => Convert.ToBase64String(_secret);

    /// <summary>Ids of events, each once, in the order in which they came.</summary>
    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    /// <summary>Batches that came.</summary>
    public int Batches { get; private set; }

    /// <summary>Of these, those that came again.</summary>
    public int Repeats { get; private set; }

    /// <summary>What was not ours.</summary>
    public int Refused { get; private set; }

    public static async Task<FeedbackDesk> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var desk = new FeedbackDesk(app);
        app.Run(desk.TakeAsync);
        await app.StartAsync(cancellationToken);
        desk.Url = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/feedback");
        return desk;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{context.Request.Headers["EnhancedMta-Timestamp"]}.{key}."), .. body];
        if (context.Request.Headers["EnhancedMta-Signature"] != $"{KeyId}={Convert.ToHexStringLower(HMACSHA256.HashData(_secret, signed))}")
        {
            Refused++;
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var batch = JsonSerializer.Deserialize<JsonElement>(body);
        lock (_lock)
            Take(key, batch.GetProperty("deliveryId").GetString()!, batch.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("id").GetString()!));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // Ids rise in a delivery: what is not above the last one is known.
    private void Take(string key, string deliveryId, IEnumerable<string> ids)
    {
        Batches++;
        Repeats += _batches.Add(key) ? 0 : 1;
        foreach (var id in ids.Where(id => string.CompareOrdinal(id, _last.GetValueOrDefault(deliveryId)) > 0))
        {
            _events.Add(id);
            _last[deliveryId] = id;
        }
    }
}
