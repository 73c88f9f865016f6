using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Storage;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>The whole app as a process that is killed in mid-delivery, again and again.</summary>
public sealed class SigkillTests(AzuriteFixture azurite)
{
    private const string DeliveryId = "kill";
    private const string Domain = "recipients.example";
    private const string FunctionKey = "only-for-this-test";
    private const int Requests = 12;
    private const int MessagesPerRequest = 400;
    private const int Messages = Requests * MessagesPerRequest;
    private const int Kills = 20;

    // What a killed process can repeat at most: a window of each batch that it works on. Few at once, as a kill hides their
    // queue messages for half a minute.
    private const int InFlight = 8;
    private const int BatchesAtOnce = 2;

    // Small enough that the delivery cannot be through before the last kill, however fast the machine is.
    private const int MostBetweenKills = 150;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly Persona Recipients = new("recipients", "mx.recipients.example", [Domain])
    {
        Rules = [new("unknown", new SinkReply(550, "5.1.1", "There is nobody here named {recipient}")) { Prefix = "unknown" }],
        Delay = TimeSpan.FromMilliseconds(5),
    };

    private static readonly IReadOnlyList<string> Ids = [.. Enumerable.Range(0, Messages).Select(n => string.Create(CultureInfo.InvariantCulture, $"{(n % 10 == 0 ? "unknown" : "ok")}-{n}"))];

    private static readonly IReadOnlyList<string> Deliverable = [.. Ids.Where(id => !id.StartsWith("unknown", StringComparison.Ordinal))];

    [Fact]
    public async Task Killed_twenty_times_in_mid_delivery_it_loses_nothing_and_repeats_at_most_what_was_in_flight()
    {
        var random = new Random(20);
        var account = azurite.NewAccount();
        await using var sink = await SmtpSinkServer.StartAsync(new SmtpSinkOptions { Personas = [Recipients] }, TestContext.Current.CancellationToken);
        var settings = Settings(account, sink.EndPointOf(Domain).ToString());
        using var mta = new KilledHost(FunctionKey);

        var relaying = Task.CompletedTask;
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var host = await LocalHostProcess.StartAsync(settings);
            mta.Address = host.Address;
            if (kill == 1)
            {
                await mta.DeclareAsync(DeliveryId, new { expectedSize = Messages });
                relaying = RelayAllAsync(mta);
            }

            var goal = Taken(sink) + random.Next(1, MostBetweenKills);
            await WaitAsync(() => Taken(sink) >= goal || relaying.IsFaulted, () => $"At kill {kill} the sink has {Taken(sink)} messages, not {goal}.\n{host.Output}");
            await Task.Delay(random.Next(50), TestContext.Current.CancellationToken);
            mta.Address = null;
            await host.KillAsync();
            Assert.True(sink.Ledger.Messages.Count < Deliverable.Count, $"Kill {kill} came too late: the delivery was through.");
        }

        await using var last = await LocalHostProcess.StartAsync(settings);
        mta.Address = last.Address;
        await relaying.WaitAsync(Limit, TestContext.Current.CancellationToken);
        var summary = await FinalSummaryAsync(mta, last);
        await AssertLogAsync(mta);
        Assert.True(mta.RequestsCut > 0, "No relay request was cut off: the test has shown nothing about them.");

        // Counted at the sink by Message-ID, which bears a seal behind the ids.
        var taken = sink.Ledger.Messages.Keys.ToDictionary(key => key[..key.LastIndexOf('.', key.IndexOf('@', StringComparison.Ordinal))], StringComparer.Ordinal);
        var comparison = sink.Ledger.Compare(Deliverable.Select(id => taken.GetValueOrDefault($"<{id}.{DeliveryId}", id)));
        Assert.Empty(comparison.Lost);
        Assert.Empty(comparison.Unexpected);
        var repeats = sink.Ledger.Messages.Values.Sum() - sink.Ledger.Messages.Count;
        var possible = summary.GetProperty("possibleRepeats").GetInt64();
        TestContext.Current.SendDiagnosticMessage($"{Kills} kills, {mta.RequestsCut} relay requests cut off, {repeats} messages repeated, {possible} counted as possible.");
        Assert.InRange(repeats, 0, Kills * InFlight * BatchesAtOnce);
        Assert.InRange(repeats, 0, possible);
        await LogCheck.CountersEqualRecountAsync(new StorageAccount(new StorageAccountOptions { ConnectionString = account }), DeliveryId);
    }

    private static Dictionary<string, string> Settings(string account, string sink) => new()
    {
        ["AzureWebJobsStorage"] = account,
        ["RetrySchedule"] = "* * * * * *",
        ["SweepSchedule"] = "* * * * * *",
        ["AzureFunctionsJobHost__extensions__queues__batchSize"] = "1",
        ["AzureFunctionsJobHost__extensions__queues__newBatchThreshold"] = $"{BatchesAtOnce - 1}",
        ["LocalHost__FunctionKey"] = FunctionKey,
        ["EnhancedMta__HeloHost"] = "mta.example",
        ["EnhancedMta__ReturnPathDomain"] = "bounces.example",
        ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")),
        ["EnhancedMta__Routes__*"] = sink,
        ["EnhancedMta__Dkim__Unsigned__0"] = "*",
        ["EnhancedMta__Batches__ClaimLifetime"] = "00:00:03",
        ["EnhancedMta__Batches__LeaseLifetime"] = "00:00:03",
        ["EnhancedMta__Batches__GuardDelay"] = "00:00:05",
        ["EnhancedMta__Batches__InFlight"] = $"{InFlight}",
    };

    private static int Taken(SmtpSinkServer sink) => sink.Ledger.Personas.GetValueOrDefault(Recipients.Name)?.Accepted ?? 0;

    private static async Task RelayAllAsync(KilledHost mta)
    {
        foreach (var ids in Ids.Chunk(MessagesPerRequest))
        {
            var lines = ids.Select(id => JsonSerializer.Serialize(new { messageId = id, to = $"{id}@{Domain}", from = "news@sender.example", subject = $"For {id}", text = $"Dear {id},\nhere is what is new." }));
            var answer = await mta.RelayAsync(DeliveryId, [.. lines]);
            Assert.Equal((ids.Length, 0), (answer.GetProperty("accepted").GetInt32() + answer.GetProperty("duplicates").GetInt32(), answer.GetProperty("rejectedCount").GetInt32()));
        }
    }

    /// <summary>When no message is open any more.</summary>
    private static async Task<JsonElement> FinalSummaryAsync(KilledHost mta, LocalHostProcess host)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var summary = (await mta.GetAsync($"deliveries/{DeliveryId}")).GetProperty("summary");
            if (summary.GetProperty("queued").GetInt64() == 0 && summary.GetProperty("waitingForRetry").GetInt64() == 0)
                return summary;
            Assert.True(since.Elapsed < Limit, $"Some messages are never settled: {summary}\n{host.Output}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Every message that was accepted is in the log, and final as its recipient would have it.</summary>
    private static async Task AssertLogAsync(KilledHost mta)
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        var continuation = "";
        do
        {
            var page = await mta.GetAsync($"deliveries/{DeliveryId}/logs?limit=1000&continuation={Uri.EscapeDataString(continuation)}");
            foreach (var message in page.GetProperty("messages").EnumerateArray())
                states.Add(message.GetProperty("messageId").GetString()!, message.GetProperty("state").GetString()!);
            continuation = page.TryGetProperty("continuation", out var next) ? next.GetString()! : "";
        }
        while (continuation.Length > 0);

        Assert.Equal(Messages, states.Count);
        Assert.All(Ids, id => Assert.Equal((id, id.StartsWith("ok", StringComparison.Ordinal) ? "delivered" : "bounced"), (id, states.GetValueOrDefault(id))));
    }

    private static async Task WaitAsync(Func<bool> condition, Func<string> otherwise)
    {
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(since.Elapsed < Limit, otherwise());
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
