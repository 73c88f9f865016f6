using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Runs function classes by their attributes with the semantics of the Azure Functions host.</summary>
public sealed class FunctionHost : IAsyncDisposable
{
    /// <summary>
    /// What is in a poison queue has failed five times: a minute does not matter, and to look as often as at the others would be a third of what a host at rest
    /// asks. What this process puts there wakes it at once.
    /// </summary>
    private static readonly TimeSpan PoisonPolling = TimeSpan.FromMinutes(1);

    private readonly FunctionHostOptions _options;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<QueueListener> _queueListeners = [];
    private readonly Dictionary<string, TimerListener> _timers = new(StringComparer.OrdinalIgnoreCase);
    private readonly HostStatus _status;
    private readonly Lazy<Task> _stop;

    private FunctionHost(FunctionHostOptions options)
    {
        _options = options;
        _status = new(options.Configuration);
        _app = WebServer.Build(options);
        _stop = new(StopOnceAsync);
    }

    /// <summary>Like http://127.0.0.1:7071/, without the route prefix.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Method, path and name of the HTTP functions, for people.</summary>
    public IReadOnlyList<string> Routes { get; private set; } = [];

    public IServiceProvider Services => _app.Services;

    /// <exception cref="InvalidOperationException">A function or a setting is not valid; the message says which and why.</exception>
    public static async Task<FunctionHost> StartAsync(FunctionHostOptions options, CancellationToken cancellationToken = default)
    {
        var host = new FunctionHost(options);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a timer function now and waits for it; its exceptions come through. Disabled timers run too.</summary>
    /// <exception cref="ArgumentException">No timer function has this name.</exception>
    public Task RunTimerAsync(string name, CancellationToken cancellationToken = default) => _timers.TryGetValue(name, out var timer)
        ? timer.RunNowAsync(cancellationToken)
        : throw new ArgumentException($"No timer function is named '{name}'. There are: {string.Join(", ", _timers.Keys)}.", nameof(name));

    /// <summary>
    /// Cancels all invocations, waits for them up to the grace period, and gives the messages of those that did not end
    /// back to their queues. May be called more than once.
    /// </summary>
    public Task StopAsync() => _stop.Value;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // Queues first: what HTTP functions enqueue needs them. Listeners last: they need all services started.
        var settings = HostJson.Read(_options.Configuration);
        var runtime = new FunctionRuntime(_app.Services, settings.FunctionTimeout, _stopping.Token);
        var logger = _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Host");
        foreach (var function in _options.Functions.Where(f => f.Trigger is QueueTriggerAttribute && !IsDisabled(f)))
            _queueListeners.Add(await CreateQueueListenerAsync(function, settings.Queues, runtime, logger, cancellationToken));
        var scheduled = new List<TimerListener>();
        foreach (var function in _options.Functions.Where(f => f.Trigger is TimerTriggerAttribute))
        {
            var timer = await CreateTimerAsync(function, runtime, logger, cancellationToken);
            _timers.Add(function.Name, timer);
            if (!IsDisabled(function)) scheduled.Add(timer);
        }
        MapHttp(runtime, settings.RoutePrefix, logger);
        await _app.StartAsync(cancellationToken);
        foreach (var listener in _queueListeners) listener.Start();
        foreach (var timer in scheduled) timer.Start();
    }

    private void MapHttp(FunctionRuntime runtime, string prefix, ILogger logger)
    {
        var http = new HttpFunctions(runtime, _options.Keys, prefix, logger);
        _app.Use(http.ExplainAsync);
        _app.UseRouting();
        if (_options.CorsOrigins.Count > 0) _app.UseCors();
        _app.UseEndpoints(_ => { });
        var functions = _options.Functions.Where(f => f.Trigger is HttpTriggerAttribute && !IsDisabled(f)).ToList();
        foreach (var function in functions) http.Map(_app, function);
        http.MapAdmin(_app, _timers);
        _status.Map(_app, _options.Keys);
        HostMemory.Map(_app, _options.Keys);
        // No key: Prometheus cannot send ours, the address is this machine's own, and metrics name nobody. Functions of tests have none.
        if (_app.Services.GetService<MeterProvider>() is not null) _app.MapPrometheusScrapingEndpoint("/metrics");
        Routes = [.. functions.Select(f => $"{string.Join(',', ((HttpTriggerAttribute)f.Trigger).Methods ?? []).ToUpperInvariant()} {HttpFunctions.RouteOf(f, prefix)} ({f.Name})")];
    }

    private async Task<QueueListener> CreateQueueListenerAsync(FunctionDescriptor function, QueueSettings settings, FunctionRuntime runtime, ILogger logger, CancellationToken cancellationToken)
    {
        var trigger = (QueueTriggerAttribute)function.Trigger;
        var name = SettingExpression.Resolve(trigger.QueueName, _options.Configuration);
        var queue = new TriggerQueue(Connection(trigger.Connection), name, settings.MessageEncoding, ConfigureQueueClients);
        await queue.Client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        if (queue.Poison is null && settings.MaxPollingInterval < PoisonPolling) settings = settings with { MaxPollingInterval = PoisonPolling };
        return new(function, queue, settings, _options.MessageInvisible, Services.GetRequiredService<QueueSignal>(), _status.ReadsOf(name), runtime, Services.GetRequiredService<Random>(), logger);
    }

    private async Task<TimerListener> CreateTimerAsync(FunctionDescriptor function, FunctionRuntime runtime, ILogger logger, CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(Connection(null), ScheduleMonitor.Container, _status.Counted(new BlobClientOptions()));
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var hostId = _options.Configuration["AzureFunctionsWebHost:hostid"] ?? "enhancedmta";
        var monitor = new ScheduleMonitor(container.GetBlobClient($"timers/{hostId}/{function.Name}/status"));
        var schedule = SettingExpression.Resolve(((TimerTriggerAttribute)function.Trigger).Schedule, _options.Configuration);
        return new(function, schedule, monitor, Services.GetRequiredService<TimeProvider>(), runtime, logger);
    }

    private void ConfigureQueueClients(QueueClientOptions options)
    {
        _status.Counted(options);
        if (Services.GetService<StorageLoad>() is { } load) options.AddPolicy(load, Azure.Core.HttpPipelinePosition.PerRetry);
        _options.ConfigureQueueClients?.Invoke(options);
    }

    private string Connection(string? setting)
    {
        setting ??= "AzureWebJobsStorage";
        return _options.Configuration[setting] is { Length: > 0 } connection
            ? connection
            : throw new InvalidOperationException($"The app setting {setting} is absent: put a storage connection string, or UseDevelopmentStorage=true, into Values of local.settings.json.");
    }

    private bool IsDisabled(FunctionDescriptor function) =>
        (_options.Configuration[$"AzureWebJobs.{function.Name}.Disabled"] ?? _options.Configuration[$"AzureWebJobs:{function.Name}:Disabled"]) is "true" or "True" or "1";

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync();
        // As the real host does it: first what runs comes to its end, then the app's services stop. The other way round what still relays
        // would take up again what its services have just given back.
        await Task.WhenAll(
            _queueListeners.Select(listener => listener.StopAsync(_options.ShutdownGrace))
            .Concat(_timers.Values.Select(timer => timer.StopAsync(_options.ShutdownGrace))));
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
