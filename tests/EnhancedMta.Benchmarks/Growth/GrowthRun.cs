using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Deliveries;
using EnhancedMta.Functions;
using EnhancedMta.Retention;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary>Fills log and schedule, size by size, and does at each size what is done all the time.</summary>
internal sealed class GrowthRun
{
    public const string Relay = "relay a message";
    private const int Repeats = 5;
    private const int DueBatches = 100;
    private const string Large = "large";
    private const string Probe = "probe";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly GrowthOptions _options;
    private readonly GrowthScene _scene;
    private readonly Action<string> _say;
    private readonly LetterTemplate _line = new(
        $$"""{"messageId":"{number}","to":"u{number}@{{Letter.RecipientDomain}}","mime":"{{JsonEncodedText.Encode(Letter.Text(4 * 1024, ""), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""" + "\n", "");

    private int _next;

    private GrowthRun(GrowthOptions options, GrowthScene scene, Action<string> say) => (_options, _scene, _say) = (options, scene, say);

    public static async Task<GrowthResult> RunAsync(GrowthOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        await using var scene = await GrowthScene.StartAsync(cancellationToken);
        return await new GrowthRun(options, scene, say).RunAsync(cancellationToken);
    }

    private async Task<GrowthResult> RunAsync(CancellationToken cancellationToken)
    {
        await DeclareAsync(Large, 1_000_000, cancellationToken);
        await DeclareAsync(Probe, _options.Probe * 5, cancellationToken);
        // What is done the first time is compiled, and rows of paths and of the probe come to be.
        await RelayAsync(cancellationToken);
        var filling = new LogFilling(_scene.Service<LogLedger>(), _scene.Service<WaitingBatches>(), (await _scene.Service<DeliveryStore>().FindAsync(Large, cancellationToken))!, TimeProvider.System);
        var points = new List<GrowthPoint>();
        var from = 0;
        foreach (var size in _options.Sizes)
        {
            var began = TimeProvider.System.GetTimestamp();
            await filling.FillAsync(from, size, cancellationToken);
            var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            _say(string.Create(CultureInfo.InvariantCulture, $"{size:N0} messages in the log, as many batches in the schedule ({seconds:0} s)"));
            await UntilFedAsync(cancellationToken);
            var costs = await CostsAsync(filling, cancellationToken);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            points.Add(new GrowthPoint(size, seconds, costs, GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024, _scene.AzuriteMB));
            foreach (var (what, cost) in costs)
                _say(string.Create(CultureInfo.InvariantCulture, $"  {what}: {cost.Operations:0.###} operations, {cost.Rows:0.##} rows, {cost.Milliseconds:0.0} ms"));
            from = size;
        }

        return new GrowthResult(points);
    }

    private async Task<Dictionary<string, Cost>> CostsAsync(LogFilling filling, CancellationToken cancellationToken)
    {
        // The first Summary adds up domains that came since; that was a sweep's work.
        await GetAsync($"api/deliveries/{Large}", cancellationToken);
        return new()
        {
            [Relay] = (await MeasureAsync(2, () => RelayAsync(cancellationToken))).Each(_options.Probe),
            ["Summary"] = await MeasureAsync(Repeats, () => GetAsync($"api/deliveries/{Large}", cancellationToken)),
            ["list of deliveries, newest first"] = await MeasureAsync(Repeats, () => GetAsync("api/deliveries?order=newest&limit=50", cancellationToken)),
            ["a page of the log"] = await MeasureAsync(Repeats, () => GetAsync($"api/deliveries/{Large}/logs?limit=100", cancellationToken)),
            ["a message's history"] = await MeasureAsync(Repeats, () => GetAsync($"api/deliveries/{Large}/messages/m00000001", cancellationToken)),
            ["throughput of the instance"] = await MeasureAsync(Repeats, () => GetAsync("api/throughput", cancellationToken)),
            ["retry timer, nothing due"] = await MeasureAsync(Repeats, () => TimerAsync(nameof(QueueDueRetries), cancellationToken)),
            [$"retry timer, {DueBatches} batches due"] = await MeasureAsync(Repeats, () => TimerAsync(nameof(QueueDueRetries), cancellationToken), () => filling.MakeDueAsync(DueBatches, cancellationToken)),
            ["sweeper"] = await MeasureAsync(Repeats, () => TimerAsync(nameof(Sweep), cancellationToken)),
            ["gauges' timer"] = await MeasureAsync(Repeats, () => TimerAsync(nameof(MeasureState), cancellationToken)),
            ["the day's purge"] = await MeasureAsync(2, () => PurgeAsync(cancellationToken)),
        };
    }

    private async Task<Cost> MeasureAsync(int repeats, Func<Task> work, Func<Task>? before = null)
    {
        var costs = new List<Cost>();
        for (var i = 0; i < repeats; i++)
        {
            if (before is not null)
                await before();
            var (asked, cpu, began) = (_scene.Asked, Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
            await work();
            var (took, used, now) = (TimeProvider.System.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu, _scene.Asked);
            costs.Add(new Cost(now.Operations - asked.Operations, now.Rows - asked.Rows, took.TotalMilliseconds, used.TotalMilliseconds));
        }

        return new Cost(costs.Min(c => c.Operations), costs.Min(c => c.Rows), costs.Select(c => c.Milliseconds).Order().ElementAt(repeats / 2), costs.Min(c => c.CpuMilliseconds));
    }

    private async Task RelayAsync(CancellationToken cancellationToken)
    {
        var (first, taken) = (_next, _scene.Taken);
        _next += _options.Probe;
        using var content = new NdjsonContent(_line, first, _options.Probe);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        await SendAsync(HttpMethod.Post, $"api/deliveries/{Probe}/messages", content, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        while (_scene.Taken - taken < _options.Probe)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"Only {_scene.Taken - taken} of {_options.Probe} messages came.");
            await Task.Delay(Glance / 5, cancellationToken);
        }
    }

    private Task TimerAsync(string name, CancellationToken cancellationToken) => _scene.Host.RunTimerAsync(name, cancellationToken);

    /// <summary>As if the day were new.</summary>
    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await _scene.Service<StorageAccount>().State.DeleteEntityAsync("retention", "progress", ETag.All, cancellationToken);
        var run = ActivatorUtilities.CreateInstance<RetentionRun>(_scene.Host.Services);
        while (!await run.RunAsync(Limit, cancellationToken))
            await Task.Delay(Glance, cancellationToken);
    }

    /// <summary>Until all events have their place in the feed, which is done in the background.</summary>
    private async Task UntilFedAsync(CancellationToken cancellationToken)
    {
        var feed = _scene.Service<StorageAccount>().Feed;
        var began = TimeProvider.System.GetTimestamp();
        while (await feed.QueryAsync<TableEntity>("PartitionKey eq 'feed' and RowKey ge 'm~' and RowKey lt 'm~~'", cancellationToken: cancellationToken).AnyAsync(cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException("The feed is not complete after so long.");
            await Task.Delay(Glance * 10, cancellationToken);
        }
    }

    private Task DeclareAsync(string id, int size, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"api/deliveries/{id}", JsonContent.Create(new { label = id, expectedSize = size }), cancellationToken);

    private Task GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    private async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _scene.Http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
    }
}
