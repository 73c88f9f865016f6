using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Latency;

/// <summary>
/// One local host on one Azurite, and a sink in this process, whose clock is then the caller's. Transactional messages go one at a time to the site
/// that the marketing delivery goes to as well: they share its connections and limits.
/// </summary>
internal sealed class LatencyRun
{
    private const int WarmUp = 30;
    private const int MarketingPerRequest = 2_000;
    private const string Transactional = "receipts";
    private const string Marketing = "newsletter";
    private const string Before = "newsletter-before";

    /// <summary>Pauses between samples are drawn from this range: long enough for polls of an empty queue to become rare, were polling what decides.</summary>
    private static readonly (int Least, int Most) PauseMilliseconds = (100, 900);

    /// <summary>While marketing runs samples may come more often: nothing is idle.</summary>
    private static readonly (int Least, int Most) BusyPauseMilliseconds = (20, 300);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly LatencyOptions _options;
    private readonly LocalApp _app;
    private readonly Arrivals _arrivals;
    private readonly Action<string> _say;
    private readonly Random _random = new(1);
    private readonly LetterTemplate _receipt;
    private readonly LetterTemplate _newsletter;
    private int _next;

    private LatencyRun(LatencyOptions options, LocalApp app, Arrivals arrivals, Action<string> say)
    {
        (_options, _app, _arrivals, _say) = (options, app, arrivals, say);
        _receipt = Line(options, 't');
        _newsletter = Line(options, 'u');
    }

    public static async Task<LatencyResult> RunAsync(LatencyOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        using var folder = WorkFolder.Create();
        using var key = RSA.Create(2048);
        var arrivals = new Arrivals();
        await using var sink = await SmtpSinkServer.StartAsync(new() { Personas = [new Persona("recipients", "mx." + Letter.RecipientDomain, [Letter.RecipientDomain])], Observer = arrivals }, cancellationToken);
        // In memory: with a folder it stops all requests for a second or more, each half minute, to save. Storage on Azure does not.
        await using var azurite = await AzuriteEmulator.StartAsync(new AzuriteOptions(), cancellationToken);
        await using var app = await LocalApp.StartAsync(folder, azurite.ConnectionString, sink.EndPointOf(Letter.RecipientDomain).Port, key, cancellationToken);
        return await new LatencyRun(options, app, arrivals, say).RunAsync(cancellationToken);
    }

    private async Task<LatencyResult> RunAsync(CancellationToken cancellationToken)
    {
        // 1. Warm both lanes up. 2. Samples with nothing else to do. 3. Samples while marketing runs.
        await DeclareAsync(Transactional, "transactional", _options.Samples * 2, cancellationToken);
        for (var i = 0; i < WarmUp; i++)
            await SampleAsync(cancellationToken);
        if (_options.Messages > 0)
            await WarmMarketingUpAsync(cancellationToken);
        _say($"{_options.Samples} messages, one at a time ...");
        var samples = new List<Sample>();
        for (var i = 0; i < _options.Samples; i++)
        {
            await Task.Delay(_random.Next(PauseMilliseconds.Least, PauseMilliseconds.Most), cancellationToken);
            samples.Add(await SampleAsync(cancellationToken));
        }

        var alone = Condition("idle", samples, 50, 250);
        _say(string.Create(CultureInfo.InvariantCulture, $"  p50 {alone.All.P50:0.0} ms, p99 {alone.All.P99:0.0} ms"));
        if (_options.Messages == 0)
            return new LatencyResult(alone, null, 0, 0);
        var (busy, taken, seconds) = await BusyAsync(cancellationToken);
        return new LatencyResult(alone, busy, taken, seconds);
    }

    private async Task<(LatencyCondition Busy, int Taken, double Seconds)> BusyAsync(CancellationToken cancellationToken)
    {
        _say($"the same while a marketing delivery of {_options.Messages:N0} runs ...");
        await DeclareAsync(Marketing, "marketing", _options.Messages, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (others, began) = (_arrivals.Others, TimeProvider.System.GetTimestamp());
        var relaying = RelayMarketingAsync(Marketing, _options.Messages, end.Token);
        var samples = new List<Sample>();
        try
        {
            // It runs once its first messages come.
            while (_arrivals.Others == others && !relaying.IsCompleted)
                await Task.Delay(10, cancellationToken);
            while (_arrivals.Others - others < _options.Messages)
            {
                await Task.Delay(_random.Next(BusyPauseMilliseconds.Least, BusyPauseMilliseconds.Most), cancellationToken);
                samples.Add(await SampleAsync(cancellationToken));
                if (samples.Count % 50 == 0)
                    _say(string.Create(CultureInfo.InvariantCulture, $"  {samples.Count:N0} samples, {_arrivals.Others - others:N0} of marketing taken"));
                if (relaying.IsFaulted)
                    await relaying;
            }
        }
        finally
        {
            await end.CancelAsync();
            await relaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (Condition("while a marketing delivery runs", samples, null, 1_000), _arrivals.Others - others, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>A process that relays has compiled what marketing needs: the first of its messages would else be what the slowest sample waits for.</summary>
    private async Task WarmMarketingUpAsync(CancellationToken cancellationToken)
    {
        await DeclareAsync(Before, "marketing", MarketingPerRequest, cancellationToken);
        var others = _arrivals.Others;
        await RelayMarketingAsync(Before, MarketingPerRequest, cancellationToken);
        while (_arrivals.Others - others < MarketingPerRequest)
            await Task.Delay(10, cancellationToken);
    }

    /// <summary>As fast as it is accepted, as the relay benchmark does.</summary>
    private async Task RelayMarketingAsync(string deliveryId, int count, CancellationToken cancellationToken)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Add(ref next, MarketingPerRequest) - MarketingPerRequest is var from && from < count)
            {
                using var content = new NdjsonContent(_newsletter, from, Math.Min(MarketingPerRequest, count - from));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                await _app.SendAsync(HttpMethod.Post, $"api/deliveries/{deliveryId}/messages", content, cancellationToken);
            }
        }, cancellationToken)));
    }

    private async Task<Sample> SampleAsync(CancellationToken cancellationToken)
    {
        var number = _next++;
        var arrival = _arrivals.Await(string.Create(CultureInfo.InvariantCulture, $"t{number:D8}@{Letter.RecipientDomain}"));
        var line = new ArrayBufferWriter<byte>(_options.Size + 1024);
        _receipt.Write(number, line);
        using var content = new ReadOnlyMemoryContent(line.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var began = TimeProvider.System.GetTimestamp();
        await _app.SendAsync(HttpMethod.Post, $"api/deliveries/{Transactional}/messages", content, cancellationToken);
        var accepted = TimeProvider.System.GetElapsedTime(began);
        return new Sample(TimeProvider.System.GetElapsedTime(began, await arrival.WaitAsync(Limit, cancellationToken)), accepted);
    }

    private Task<JsonElement> DeclareAsync(string id, string priority, int size, CancellationToken cancellationToken) =>
        _app.SendAsync(HttpMethod.Put, $"api/deliveries/{id}", JsonContent.Create(new { label = id, priority, expectedSize = size }), cancellationToken);

    private static LatencyCondition Condition(string name, List<Sample> samples, double? p50, double p99) =>
        new(name, samples.Count, Spread.Of(samples.Select(s => s.All)), Spread.Of(samples.Select(s => s.Accepted)), p50, p99);

    private static LetterTemplate Line(LatencyOptions options, char prefix) => new(
        $$"""{"messageId":"{{prefix}}{number}","to":"{{prefix}}{number}@{{Letter.RecipientDomain}}","mime":"{{JsonEncodedText.Encode(Letter.Text(options.Size, ""), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""" + "\n", "");

    private readonly record struct Sample(TimeSpan All, TimeSpan Accepted);
}
