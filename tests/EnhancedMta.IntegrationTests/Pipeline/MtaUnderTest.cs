using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using EnhancedMta.Copies;
using EnhancedMta.Deliveries;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.ReturnPaths;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>The whole function app on a storage account of its own, with a sink for all recipient domains and a clock that the test moves.</summary>
internal sealed class MtaUnderTest : IAsyncDisposable
{
    public const string Domain = "recipients.example";

    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    // How long something may take that a quiet machine does in a second: CI's is slower, and never quiet.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, string?> _settings;
    private readonly IReadOnlyList<HttpPipelinePolicy> _policies;
    private readonly FunctionKeys _keys = FunctionKeys.Generate();
    private readonly StorageOperations _polls = new();
    private FunctionHost? _host;
    private HttpClient? _client;

    private readonly Action<IServiceCollection>? _services;
    private readonly IReadOnlyList<ILoggerProvider> _loggers;

    private MtaUnderTest(
        string account, SmtpSinkServer sink, IReadOnlyList<HttpPipelinePolicy> policies, Action<IServiceCollection>? services, IEnumerable<KeyValuePair<string, string?>> settings,
        IReadOnlyList<ILoggerProvider> loggers)
    {
        _services = services;
        _loggers = loggers;
        Sink = sink;
        _policies = policies;
        _settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            // Timers run when the test says so.
            ["RetrySchedule"] = "0 0 0 1 1 *",
            ["SweepSchedule"] = "0 0 0 1 1 *",
            ["EnhancedMta:HeloHost"] = "mta.example",
            ["EnhancedMta:ReturnPathDomain"] = "bounces.example",
            ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")),
            ["EnhancedMta:Routes:*"] = sink.EndPointOf(Domain).ToString(),
            ["EnhancedMta:Dkim:Unsigned:0"] = "*",
        };
        foreach (var (name, value) in settings)
            _settings[name] = value;
        // Null takes out what stands above.
        foreach (var name in _settings.Where(setting => setting.Value is null).Select(setting => setting.Key).ToList())
            _settings.Remove(name);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public SmtpSinkServer Sink { get; }

    public FunctionHost Host => _host ?? throw new InvalidOperationException("The host does not run.");

    public HttpClient Client => _client ?? throw new InvalidOperationException("The host does not run.");

    /// <summary>Opens functions of level Function.</summary>
    public string Key => _keys.Function;

    public StorageAccount Storage => Host.Services.GetRequiredService<StorageAccount>();

    /// <summary>What was asked of storage since the host began, by the app and by the host that reads its queues.</summary>
    public long StorageRequests => Storage.Operations.Count + _polls.Count;

    /// <summary>Starts sink and host.</summary>
    public static Task<MtaUnderTest> StartAsync(
        AzuriteFixture azurite, IReadOnlyList<RecipientRule> rules, IReadOnlyList<HttpPipelinePolicy>? policies = null, params IEnumerable<KeyValuePair<string, string?>> settings) =>
        StartAsync(azurite, rules, policies, null, settings);

    /// <summary>Starts sink and host, the host with services of the test's own.</summary>
    public static async Task<MtaUnderTest> StartAsync(
        AzuriteFixture azurite, IReadOnlyList<RecipientRule> rules, IReadOnlyList<HttpPipelinePolicy>? policies, Action<IServiceCollection>? services,
        IEnumerable<KeyValuePair<string, string?>> settings, params IReadOnlyList<ILoggerProvider> loggers)
    {
        var persona = new Persona("recipients", "mx.recipients.example", [Domain]) { Rules = rules };
        var sink = await SmtpSinkServer.StartAsync(new SmtpSinkOptions { Personas = [persona] }, TestContext.Current.CancellationToken);
        var mta = new MtaUnderTest(azurite.NewAccount(), sink, policies ?? [], services, settings, loggers);
        await mta.StartHostAsync();
        return mta;
    }

    /// <summary>Stops the host, if it runs, and starts another on the same storage.</summary>
    public async Task RestartAsync(params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        await StopHostAsync();
        foreach (var (name, value) in settings)
            _settings[name] = value;
        await StartHostAsync();
    }

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, int expectedStatus, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expectedStatus == (int)response.StatusCode, $"{method} {path} answered {(int)response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public Task<JsonElement> DeclareAsync(string deliveryId, object declaration, int expectedStatus = 201) =>
        SendAsync(HttpMethod.Put, $"deliveries/{deliveryId}", expectedStatus, new StringContent(JsonSerializer.Serialize(declaration), Encoding.UTF8, "application/json"));

    /// <summary>Relays one message for each recipient; the local part is the messageId.</summary>
    public Task<JsonElement> RelayAsync(string deliveryId, params IEnumerable<string> localParts)
    {
        var lines = localParts.Select(local => JsonSerializer.Serialize(new
        {
            messageId = local,
            to = $"{local}@{Domain}",
            from = "News <news@sender.example>",
            subject = $"For {local}",
            text = $"Dear {local},\nhere is what is new.",
        }));
        return SendAsync(HttpMethod.Post, $"deliveries/{deliveryId}/messages", 202, Ndjson(string.Join('\n', lines)));
    }

    public static StringContent Ndjson(string lines)
    {
        var content = new StringContent(lines);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    public async Task<JsonElement> SummaryAsync(string deliveryId) => (await SendAsync(HttpMethod.Get, $"deliveries/{deliveryId}", 200)).GetProperty("summary");

    public async Task<JsonElement> MessageAsync(string deliveryId, string messageId) => await SendAsync(HttpMethod.Get, $"deliveries/{deliveryId}/messages/{messageId}", 200);

    /// <summary>Waits until nothing is queued for its first attempt and <paramref name="waiting"/> messages wait for the next one.</summary>
    public async Task SettledAsync(string deliveryId, int waiting)
    {
        var limit = DateTime.UtcNow + Patience;
        while (true)
        {
            var summary = await SummaryAsync(deliveryId);
            if (summary.GetProperty("queued").GetInt64() == 0 && summary.GetProperty("waitingForRetry").GetInt64() == waiting)
                return;
            Assert.True(DateTime.UtcNow < limit, $"Not settled: {summary}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock from retry to retry until every message is final.</summary>
    /// <remarks>How many retries that takes is not for a test to say: a message that found no connection in time on a slow machine comes back once more.</remarks>
    public async Task FinalAsync(string deliveryId)
    {
        var limit = DateTime.UtcNow + Patience;
        while (true)
        {
            var summary = await SummaryAsync(deliveryId);
            if (summary.GetProperty("queued").GetInt64() == 0)
            {
                if (summary.GetProperty("waitingForRetry").GetInt64() == 0)
                    return;
                await AdvanceToNextRetryAsync();
            }

            Assert.True(DateTime.UtcNow < limit, $"Not final: {summary}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock from retry to retry until every message of a delivery is final and no copy of any waits.</summary>
    public async Task CopiedAsync(string deliveryId)
    {
        await FinalAsync(deliveryId);
        var limit = DateTime.UtcNow + Patience;
        while (await Storage.Log.QueryAsync<TableEntity>($"{nameof(MessageRow.Copy)} eq '{CopyState.Waiting}'").AnyAsync(TestContext.Current.CancellationToken))
        {
            await AdvanceToNextRetryAsync();
            Assert.True(DateTime.UtcNow < limit, "Copies wait.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock to a moment and runs what the timers would.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await Host.RunTimerAsync("QueueDueRetries", TestContext.Current.CancellationToken);
    }

    /// <summary>Moves the clock to the next minute that something waits for, and runs the timer.</summary>
    /// <returns>False when nothing waits.</returns>
    public async Task<bool> AdvanceToNextRetryAsync()
    {
        var waiting = Host.Services.GetRequiredService<WaitingBatches>();
        if (await waiting.NextRetryAsync(TestContext.Current.CancellationToken) is not { } due)
            return false;
        await AdvanceAsync(due > Clock.GetUtcNow() ? due - Clock.GetUtcNow() : TimeSpan.Zero);
        return true;
    }

    /// <summary>The envelope sender that the message went out with.</summary>
    public async Task<string> ReturnPathAsync(string deliveryId, string messageId)
    {
        var delivery = await Host.Services.GetRequiredService<DeliveryStore>().FindAsync(deliveryId, TestContext.Current.CancellationToken);
        return Host.Services.GetRequiredService<ReturnPathCodec>().Encode(deliveryId, LogPartition.Of(deliveryId, messageId, delivery!.Shards).Shard, messageId);
    }

    public Task<JsonElement> BounceAsync(string mail, string type = "message/rfc822", int expectedStatus = 202, string source = "dsn")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(mail));
        content.Headers.ContentType = new(type);
        return SendAsync(HttpMethod.Post, $"bounces/{source}", expectedStatus, content);
    }

    /// <summary>Waits until all that came back is worked on: its content is deleted last.</summary>
    public async Task BouncesWorkedOffAsync()
    {
        var limit = DateTime.UtcNow + Patience;
        while (await Storage.BounceMails.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken).AnyAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(DateTime.UtcNow < limit, "Bounces are left.");
            await Task.Delay(30, TestContext.Current.CancellationToken);
        }
    }

    public Task AssertCountersEqualRecountAsync(string deliveryId) => LogCheck.CountersEqualRecountAsync(Storage, deliveryId);

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        await Sink.DisposeAsync();
    }

    private async Task StartHostAsync()
    {
        _host = await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Functions = FunctionDescriptor.In(typeof(Functions.RelayMessages).Assembly),
                Configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(),
                ConfigureServices = (services, configuration) =>
                {
                    services.AddSingleton<TimeProvider>(Clock);
                    foreach (var policy in _policies)
                        services.AddSingleton(policy);
                    _services?.Invoke(services);
                    Functions.FunctionServices.AddEnhancedMta(services, configuration);
                },
                Keys = _keys,
                ConfigureLogging = logging =>
                {
                    logging.ClearProviders();
                    // All that could be said, to a test that listens.
                    foreach (var provider in _loggers)
                        logging.AddProvider(provider).SetMinimumLevel(LogLevel.Trace);
                },
                ConfigureQueueClients = options => options.AddPolicy(_polls, HttpPipelinePosition.PerRetry),
            },
            TestContext.Current.CancellationToken);
        _client = new HttpClient { BaseAddress = new Uri(_host.Address, "api/") };
        _client.DefaultRequestHeaders.Add(FunctionKeys.Header, _keys.Function);
    }

    private async Task StopHostAsync()
    {
        _client?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        _host = null;
    }
}
