using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Benchmarks.Sinks;
using EnhancedMta.Deliveries;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary>Some local hosts on one Azurite relay a marketing delivery, each request going to another host.</summary>
internal sealed class ScaleRun
{
    private const int MessagesPerRequest = 2_000;
    private const int Connections = 200;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly ScaleOptions _options;
    private readonly IReadOnlyList<LocalApp> _apps;
    private readonly AzuriteEmulator _azurite;
    private readonly SmtpSink _sink;
    private readonly LetterTemplate _line;

    private ScaleRun(ScaleOptions options, IReadOnlyList<LocalApp> apps, AzuriteEmulator azurite, SmtpSink sink)
    {
        (_options, _apps, _azurite, _sink) = (options, apps, azurite, sink);
        _line = new LetterTemplate(
            $$"""{"messageId":"{number}","to":"u{number}@{{Letter.RecipientDomain}}","mime":"{{JsonEncodedText.Encode(Letter.Text(options.Size, ""), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""" + "\n", "");
    }

    public static async Task<ScalePoint> RunAsync(ScaleOptions options, int processes, Action<string> say, CancellationToken cancellationToken)
    {
        using var folder = WorkFolder.Create();
        using var key = RSA.Create(2048);
        await using var sink = await SmtpSink.StartAsync((long)(options.Messages + ScaleOptions.WarmUp * processes) * options.Size, cancellationToken);
        // In memory: that Azurite stops for each save is no matter of storage on Azure.
        await using var azurite = await AzuriteEmulator.StartAsync(new AzuriteOptions(), cancellationToken);
        var settings = await SettingsAsync(folder.Path, key, sink.Port, cancellationToken);
        var apps = new List<LocalApp>();
        try
        {
            for (var number = 1; number <= processes; number++)
                apps.Add(await LocalApp.StartAsync(Directory.CreateDirectory(Path.Combine(folder.Path, $"{number}")).FullName, azurite.ConnectionString, settings, null, cancellationToken));
            say(string.Create(CultureInfo.InvariantCulture, $"{processes} process(es): relaying {options.Messages:N0} messages ..."));
            var point = await new ScaleRun(options, apps, azurite, sink).RunAsync(cancellationToken);
            say(string.Create(CultureInfo.InvariantCulture, $"  {point.PerSecond:N0} a second"));
            return point;
        }
        finally
        {
            await Task.WhenAll(apps.Select(app => app.DisposeAsync().AsTask()));
        }
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(string folder, RSA key, int sinkPort, CancellationToken cancellationToken)
    {
        var keyFile = Path.Combine(folder, "dkim.pem");
        await File.WriteAllTextAsync(keyFile, key.ExportRSAPrivateKeyPem(), cancellationToken);
        // Connections for everybody: what a path's limits do to several processes is the limits benchmark's to say.
        var rules = Path.Combine(folder, "mx-rules.json");
        var rule = new { id = "sink", mx = "127.0.0.1", maxConnections = Connections, maxMessagesPerConnection = 1_000, tls = "off", why = "Of the benchmark." };
        await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new { rules = new[] { rule } }), cancellationToken);
        return new()
        {
            ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta__Dkim__0__Domain"] = Letter.SenderDomain,
            ["EnhancedMta__Dkim__0__Selector"] = "bench",
            ["EnhancedMta__Dkim__0__PrivateKeyFile"] = keyFile,
            [$"EnhancedMta__Routes__{Letter.RecipientDomain}"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sinkPort}"),
            ["EnhancedMta__MxRulesFile"] = rules,
            ["LocalHost__CountStorage"] = "true",
        };
    }

    private async Task<ScalePoint> RunAsync(CancellationToken cancellationToken)
    {
        // Nine tenths are measured, while there is work for all: what a process finds no connection for comes back a minute later, and nobody waits for that.
        await RelayAsync("warm-up", ScaleOptions.WarmUp * _apps.Count, cancellationToken);
        await Task.Delay(Rest, cancellationToken);
        var (before, loads) = (Now(), await LoadsAsync(cancellationToken));
        var (most, asked) = await RelayAsync("measured", _options.Messages, cancellationToken);
        return new ScalePoint(
            _apps.Count, Most(_options.Messages), ShardCount.For(_options.Messages), most.Seconds - before.Seconds, most.Cpu - before.Cpu, Since(loads, asked));
    }

    /// <returns>The time when the sink had most of them.</returns>
    private async Task<(Moment Most, List<ResourceLoad> Loads)> RelayAsync(string deliveryId, int count, CancellationToken cancellationToken)
    {
        await _apps[0].SendAsync(HttpMethod.Put, $"api/deliveries/{deliveryId}", JsonContent.Create(new { label = "Benchmark", expectedSize = count }), cancellationToken);
        var (next, taken, began) = (0, _sink.Taken, TimeProvider.System.GetTimestamp());
        var posting = Task.WhenAll(_apps.Concat(_apps).Select(app => Task.Run(async () =>
        {
            while (Interlocked.Add(ref next, MessagesPerRequest) - MessagesPerRequest is var from && from < count)
            {
                using var content = new NdjsonContent(_line, from, Math.Min(MessagesPerRequest, count - from));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                await app.SendAsync(HttpMethod.Post, $"api/deliveries/{deliveryId}/messages", content, cancellationToken);
            }
        }, cancellationToken)));
        // Not by Summaries: these would be requests to storage of our own.
        while (_sink.Taken - taken < Most(count))
        {
            if (posting.IsFaulted)
                await posting;
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"The sink has {_sink.Taken - taken} of {count} messages.\n{_apps[0].LastLines}");
            await Task.Delay(Glance, cancellationToken);
        }

        var most = (Now(), await LoadsAsync(cancellationToken));
        await posting;
        return most;
    }

    private static int Most(int count) => count * 9 / 10;

    private Moment Now() => new(TimeProvider.System.GetElapsedTime(0).TotalSeconds, Cpu());

    private CpuByPart Cpu() => new(
        _apps.Sum(app => ProcessUse.CpuSeconds(app.ProcessId)), ProcessUse.CpuSeconds(_azurite.ProcessId), ProcessUse.CpuSeconds(_sink.ProcessId), ProcessUse.CpuSeconds(Environment.ProcessId));

    private async Task<List<ResourceLoad>> LoadsAsync(CancellationToken cancellationToken)
    {
        var all = new List<ResourceLoad>();
        foreach (var app in _apps)
            all.AddRange((await app.SendAsync(HttpMethod.Get, "admin/host/status", null, cancellationToken)).GetProperty("storage").Deserialize<List<ResourceLoad>>(JsonSerializerOptions.Web)!);
        return all;
    }

    private static List<ResourceLoad> Since(List<ResourceLoad> before, List<ResourceLoad> after) =>
        [.. after.Concat(before.Select(l => l with { Requests = -l.Requests, RowsWritten = -l.RowsWritten, RowsRead = -l.RowsRead, Conflicts = -l.Conflicts }))
            .GroupBy(l => (l.Resource, l.Partition))
            .Select(g => new ResourceLoad(g.Key.Resource, g.Key.Partition, g.Sum(l => l.Requests), g.Sum(l => l.RowsWritten), g.Sum(l => l.RowsRead), g.Sum(l => l.Conflicts)))
            .Where(l => l.Requests > 0)];

    private readonly record struct Moment(double Seconds, CpuByPart Cpu);
}
