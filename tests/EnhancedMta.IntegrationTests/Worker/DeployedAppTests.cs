using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Worker.Rpc;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>The deployed build at work, against real storage and a real SMTP server: what the default build shows about itself holds for it, too.</summary>
public sealed class DeployedAppTests(AzuriteFixture azurite)
{
    private const string Domain = "recipients.example";
    private const string Read = "read-key-for-this-test-only";
    private const string Ingest = "ingest-key-for-this-test-only";
    private const string Admin = "admin-key-for-this-test-only";

    private static readonly KeyValuePair<string, string>[] Delivery = [KeyValuePair.Create("deliveryId", "d")];

    [Fact]
    public async Task It_has_the_functions_that_the_local_host_runs_and_all_can_be_loaded()
    {
        await using var worker = await WorkerUnderTest.StartAsync(azurite.NewAccount(), Settings("127.0.0.1:9"));
        var local = FunctionDescriptor.In(typeof(Functions.RelayMessages).Assembly);
        Assert.Equal(local.Select(Described).Order(StringComparer.Ordinal), worker.Functions.Keys.Select(name => Described(name, worker.Binding(name))).Order(StringComparer.Ordinal));
        Assert.Empty(worker.NotLoaded);
        foreach (var timer in local.Where(f => f.Trigger is TimerTriggerAttribute))
        {
            var result = await worker.TickAsync(timer.Name);
            Assert.True(result.Status == StatusResult.Types.Status.Success, $"{timer.Name}: {result.Exception?.Message}\n{worker.Output}");
        }
    }

    [Fact]
    public async Task It_relays_what_a_key_of_the_right_role_brings()
    {
        await using var sink = await SinkAsync(TimeSpan.Zero);
        await using var worker = await WorkerUnderTest.StartAsync(azurite.NewAccount(), Settings(sink.EndPointOf(Domain).ToString()));

        // Without a key, with a wrong one, with one of another role: nothing is reached.
        Assert.Equal(401, (int)(await DeclareAsync(worker, null)).StatusCode);
        Assert.Equal(401, (int)(await DeclareAsync(worker, "a-key-that-nobody-has-set-up")).StatusCode);
        Assert.Equal(403, (int)(await DeclareAsync(worker, Read)).StatusCode);
        Assert.Equal(404, (int)(await SummaryAsync(worker, Read)).StatusCode);
        Assert.Equal(200, (int)(await worker.RequestAsync("Health", HttpMethod.Get, "health", null)).Answer.StatusCode);

        Assert.Equal(201, (int)(await DeclareAsync(worker, Ingest)).StatusCode);
        var (relayed, _) = await worker.RequestAsync("RelayMessages", HttpMethod.Post, "deliveries/d/messages", Ingest, Messages(3), Delivery);
        Assert.Equal((HttpStatusCode.Accepted, "application/json; charset=utf-8"), (relayed.StatusCode, relayed.Content.Headers.ContentType!.ToString()));

        await RunQueueAsync(worker, "RelayMarketing");
        Assert.Equal(3, sink.Ledger.Messages.Count);
        var summary = JsonSerializer.Deserialize<JsonElement>(await (await SummaryAsync(worker, Read)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("summary");
        Assert.Equal((3, 0), (summary.GetProperty("delivered").GetInt32(), summary.GetProperty("queued").GetInt32()));
        Assert.Equal(403, (int)(await SummaryAsync(worker, Ingest)).StatusCode);

        // A key in the address is as good, and in no log.
        var (byAddress, _) = await worker.RequestAsync("ShowDelivery", HttpMethod.Get, $"deliveries/d?code={Read}", null, null, Delivery);
        Assert.Equal((200, true), ((int)byAddress.StatusCode, byAddress.Headers.CacheControl!.NoStore));
        Assert.DoesNotContain(Read, worker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_takes_bodies_up_to_the_hosts_limit()
    {
        await using var worker = await WorkerUnderTest.StartAsync(azurite.NewAccount(), Settings("127.0.0.1:9"));
        Assert.Equal(201, (int)(await DeclareAsync(worker, Ingest)).StatusCode);
        // One line that is too long, in a body that is not: Kestrel's own limit would be 30,000,000 octets.
        using var line = Ndjson(new byte[40_000_000]);
        var (answer, _) = await worker.RequestAsync("RelayMessages", HttpMethod.Post, "deliveries/d/messages", Ingest, line, Delivery);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        Assert.Equal(1, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("rejectedCount").GetInt32());
    }

    [Fact]
    public async Task Cancelled_it_gives_back_what_it_has_not_sent_and_fails_nothing()
    {
        // One connection at a time is slow enough that most of the batch is open when the host stops.
        await using var sink = await SinkAsync(TimeSpan.FromMilliseconds(300));
        await using var worker = await WorkerUnderTest.StartAsync(azurite.NewAccount(), [.. Settings(sink.EndPointOf(Domain).ToString()), KeyValuePair.Create("EnhancedMta__Batches__InFlight", "2")]);
        Assert.Equal(201, (int)(await DeclareAsync(worker, Ingest)).StatusCode);
        await worker.RequestAsync("RelayMessages", HttpMethod.Post, "deliveries/d/messages", Ingest, Messages(60), Delivery);
        var queue = worker.Queue("RelayMarketing");
        var order = (await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken)).Value;
        var (id, result) = worker.Begin("RelayMarketing", Assert.Single(order).MessageText);
        await Eventually(() => sink.Ledger.Messages.Count > 2);
        worker.Cancel(id);
        var ended = await result;
        Assert.True(ended.Status == StatusResult.Types.Status.Success, $"{ended.Exception?.Message}\n{worker.Output}");
        var sent = sink.Ledger.Messages.Count;
        Assert.InRange(sent, 1, 59);

        // The order for the rest is in the queue, not hidden for longer than a moment.
        await Eventually(() => queue.PeekMessages(cancellationToken: TestContext.Current.CancellationToken).Value.Length == 1);
        await RunQueueAsync(worker, "RelayMarketing");
        Assert.Equal((60, 60), (sink.Ledger.Messages.Count, sink.Ledger.Messages.Values.Sum()));
    }

    [Fact]
    public async Task What_the_host_moved_to_a_poison_queue_is_reported()
    {
        await using var worker = await WorkerUnderTest.StartAsync(azurite.NewAccount(), Settings("127.0.0.1:9"));
        Assert.Equal("relay-marketing-poison", worker.Queue("PoisonedRelayMarketing").Name);
        Assert.Equal(StatusResult.Types.Status.Failure, (await worker.Begin("RelayMarketing", "no order of ours").Result).Status);
        Assert.Equal(StatusResult.Types.Status.Success, (await worker.Begin("PoisonedRelayMarketing", "no order of ours").Result).Status);
        var (answer, _) = await worker.RequestAsync("ListIncidents", HttpMethod.Get, "incidents", Read);
        Assert.Contains("relay-marketing", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_settings_that_cannot_be_used_it_ends_and_names_each()
    {
        var settings = Settings("127.0.0.1:9").ToDictionary();
        settings["EnhancedMta__ReturnPathDomain"] = "";
        settings["EnhancedMta__Keys__Admin__0"] = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/admin)";
        await using var worker = await WorkerUnderTest.StartProcessAsync(azurite.NewAccount(), settings);
        Assert.NotEqual(0, await worker.ExitAsync());
        await Eventually(() => worker.Output.Contains("EnhancedMta__Keys__Admin__0: is a Key Vault reference", StringComparison.Ordinal));
        Assert.Contains("EnhancedMta__ReturnPathDomain: is missing", worker.Output, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> DeclareAsync(WorkerUnderTest worker, string? key)
    {
        using var body = new StringContent("""{"expectedSize":60}""", Encoding.UTF8, "application/json");
        return (await worker.RequestAsync("DeclareDelivery", HttpMethod.Put, "deliveries/d", key, body, Delivery)).Answer;
    }

    private static async Task<HttpResponseMessage> SummaryAsync(WorkerUnderTest worker, string key) =>
        (await worker.RequestAsync("ShowDelivery", HttpMethod.Get, "deliveries/d", key, null, Delivery)).Answer;

    private static ByteArrayContent Messages(int count) => Ndjson(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(1, count).Select(n => JsonSerializer.Serialize(new
    {
        messageId = n.ToString(CultureInfo.InvariantCulture),
        to = string.Create(CultureInfo.InvariantCulture, $"r{n}@{Domain}"),
        from = "news@sender.example",
        subject = "Hello",
        text = "Here is what is new.",
    })))));

    private static ByteArrayContent Ndjson(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };

    /// <summary>What the host's queue listener does, until the queue is empty.</summary>
    private static async Task RunQueueAsync(WorkerUnderTest worker, string function)
    {
        var queue = worker.Queue(function);
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken)).Value is { Length: > 0 } messages)
        {
            foreach (var message in messages)
            {
                var result = await worker.Begin(function, message.MessageText).Result;
                Assert.True(result.Status == StatusResult.Types.Status.Success, $"{result.Exception?.Message}\n{worker.Output}");
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task Eventually(Func<bool> condition)
    {
        var limit = DateTime.UtcNow.AddMinutes(2);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < limit, "It does not come.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<SmtpSinkServer> SinkAsync(TimeSpan delay) =>
        await SmtpSinkServer.StartAsync(new SmtpSinkOptions { Personas = [new Persona("recipients", "mx.recipients.example", [Domain]) { Delay = delay }] }, TestContext.Current.CancellationToken);

    private static string Described(FunctionDescriptor function) => function.Trigger switch
    {
        HttpTriggerAttribute http => $"{function.Name} {http.AuthLevel} {string.Join(',', http.Methods!)} {http.Route}",
        QueueTriggerAttribute queue => $"{function.Name} {queue.QueueName} {queue.Connection}",
        TimerTriggerAttribute timer => $"{function.Name} {timer.Schedule} {timer.UseMonitor} {timer.RunOnStartup}",
        var other => throw new NotSupportedException($"{other}"),
    };

    private static string Described(string name, JsonElement binding)
    {
        string Text(string property, string otherwise = "") => binding.TryGetProperty(property, out var value) ? value.ToString() : otherwise;
        return binding.GetProperty("type").GetString() switch
        {
            "httpTrigger" => $"{name} {Text("authLevel")} {string.Join(',', binding.GetProperty("methods").EnumerateArray())} {Text("route")}",
            "queueTrigger" => $"{name} {Text("queueName")} {Text("connection")}",
            "timerTrigger" => $"{name} {Text("schedule")} {Text("useMonitor", "True")} {Text("runOnStartup", "False")}",
            var other => throw new NotSupportedException(other),
        };
    }

    private static Dictionary<string, string> Settings(string sink) => new()
    {
        ["RetrySchedule"] = "0 0 0 1 1 *",
        ["SweepSchedule"] = "0 0 0 1 1 *",
        ["EnhancedMta__HeloHost"] = "mta.example",
        ["EnhancedMta__ReturnPathDomain"] = "bounces.example",
        ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")),
        ["EnhancedMta__Routes__*"] = sink,
        ["EnhancedMta__Dkim__Unsigned__0"] = "*",
        ["EnhancedMta__Keys__Read__0"] = Read,
        ["EnhancedMta__Keys__Ingest__0"] = Ingest,
        ["EnhancedMta__Keys__Admin__0"] = Admin,
    };
}
