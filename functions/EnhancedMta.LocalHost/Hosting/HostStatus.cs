using System.Collections.Concurrent;
using Azure.Core;
using EnhancedMta.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>
/// The real host's <c>GET /admin/host/status</c>, with fields more: <c>storageOperations</c>, all requests to storage since the
/// start, the app's and those with which the host reads its queues and keeps its timers; <c>operationKinds</c>, the same by what they are for, where the
/// setting LocalHost__OperationKinds is true; <c>queues</c>, how often each trigger queue was read; and <c>storage</c>, by where they went, where
/// LocalHost__CountStorage is true.
/// </summary>
internal sealed class HostStatus(IConfiguration configuration)
{
    private readonly OperationKinds? _kinds = CountsKinds(configuration) ? new() : null;
    private readonly StorageOperations _host = new();
    private readonly ConcurrentDictionary<string, QueueReads> _queues = new(StringComparer.Ordinal);
    private readonly long _started = Environment.TickCount64;

    public static bool CountsKinds(IConfiguration configuration) => configuration["LocalHost:OperationKinds"] is "true" or "True";

    /// <summary>Counts what the clients of these options ask.</summary>
    public T Counted<T>(T options) where T : ClientOptions
    {
        options.AddPolicy(_host, HttpPipelinePosition.PerRetry);
        if (_kinds is not null) options.AddPolicy(_kinds, HttpPipelinePosition.PerRetry);
        return options;
    }

    /// <summary>Counts the reads of a trigger queue.</summary>
    public QueueReads ReadsOf(string queue) => _queues.GetOrAdd(queue, _ => new QueueReads());

    public void Map(WebApplication app, FunctionKeys keys) =>
        app.MapGet("/admin/host/status", (RequestDelegate)(async context =>
        {
            var key = FunctionKeys.SentBy(context.Request);
            var result = keys.Open(AuthorizationLevel.Admin, key)
                ? Results.Json(new
                {
                    State = "Running",
                    ProcessUptime = Environment.TickCount64 - _started,
                    // Functions of tests have no storage account of their own.
                    StorageOperations = _host.Count + (app.Services.GetService<StorageAccount>()?.Operations.Count ?? 0),
                    OperationKinds = Kinds(app.Services.GetService<OperationKinds>()),
                    Queues = _queues,
                    Storage = app.Services.GetService<StorageLoad>()?.Loads,
                })
                : Problems.NoKey(AuthorizationLevel.Admin, key is not null);
            await result.ExecuteAsync(context);
        }));

    private Dictionary<string, long>? Kinds(OperationKinds? app) => _kinds is null ? null
        : _kinds.Counts.Concat(app?.Counts ?? new Dictionary<string, long>()).GroupBy(k => k.Key).ToDictionary(k => k.Key, k => k.Sum(count => count.Value));
}
