using System.Globalization;
using System.Text.Json;
using EnhancedMta.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Benchmarks.Chaos.FeedbackFaults;

/// <summary>Where Campaign takes its feedback: keeps the ids of what came, in its order, and suffers from the weather.</summary>
internal sealed class FeedbackReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly Weather<string, FeedbackFault> _weather;
    private readonly FaultTally _tally;
    private readonly int _port = Ports.Free();
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<string>> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private FeedbackReceiver(Weather<string, FeedbackFault> weather, FaultTally tally)
    {
        (_weather, _tally) = (weather, tally);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.ListenLocalhost(_port));
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/feedback");

    /// <summary>Different events that came.</summary>
    public int Events
    {
        get
        {
            lock (_lock)
                return _known.Count;
        }
    }

    /// <summary>Of each delivery, the ids of its events in the order in which each came first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Taken
    {
        get
        {
            lock (_lock)
                return _taken.ToDictionary(delivery => delivery.Key, IReadOnlyList<string> (delivery) => [.. delivery.Value], StringComparer.Ordinal);
        }
    }

    public static async Task<FeedbackReceiver> StartAsync(Weather<string, FeedbackFault> weather, FaultTally tally, CancellationToken cancellationToken)
    {
        var receiver = new FeedbackReceiver(weather, tally);
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var fault = _weather.At("");
        if (fault is { } known)
            _tally.Add(FeedbackFaultNames.Of(known));
        switch (fault)
        {
            case FeedbackFault.Error:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            case FeedbackFault.Cut:
                context.Abort();
                return;
            case FeedbackFault.Slow:
                await Task.Delay(Delay, context.RequestAborted);
                break;
        }

        Take(body.RootElement);
        if (fault == FeedbackFault.AnswerLost)
            context.Abort();
    }

    private void Take(JsonElement batch)
    {
        var delivery = batch.GetProperty("deliveryId").GetString()!;
        lock (_lock)
        {
            if (!_taken.TryGetValue(delivery, out var ids))
                _taken[delivery] = ids = [];
            foreach (var happened in batch.GetProperty("events").EnumerateArray())
            {
                var id = happened.GetProperty("id").GetString()!;
                if (_known.Add(id))
                    ids.Add(id);
            }
        }
    }
}
