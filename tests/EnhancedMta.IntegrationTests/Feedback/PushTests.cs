using System.Globalization;
using System.Text.Json;
using Azure;
using EnhancedMta.Feedback;
using EnhancedMta.Feedback.Push;
using EnhancedMta.Incidents;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>Endpoints are told everything, in order, however often they or we fail.</summary>
public sealed class PushTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("INTERLEAVINGS") ?? "5", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whoever_dies_and_whatever_answer_is_lost_a_receiver_that_drops_repeats_has_every_event_in_order(int seed)
    {
        var random = new Random(seed);
        var clock = new FakeTimeProvider(Start);
        var account = azurite.NewAccount();
        await using var receiver = await FeedbackReceiver.StartAsync();
        // Many posts fail, some of them after the batch was taken.
        var answers = new Random(seed);
        var hasRepeated = false;
        receiver.Answer = (_, taken) =>
        {
            lock (answers)
            {
                // The first one in any case, so that each seed has a batch that comes twice.
                var isFirst = taken && !hasRepeated;
                hasRepeated |= taken;
                return Task.FromResult<int?>(isFirst || answers.Next(4) == 0 ? taken ? 502 : 503 : null);
            }
        };
        KeyValuePair<string, string?>[] settings = [new("EnhancedMta:Feedback:Url", receiver.Url.ToString())];
        await using var calm = new FeedProcess(account, clock, seed, settings);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        string[] deliveries = ["a", "b", "own"];
        foreach (var delivery in deliveries)
            await calm.DeclareAsync(delivery, delivery == "own" ? new Uri(receiver.Url, "/own") : null);
        var (deaths, written) = (0, 0);
        for (var life = 0; life < 6; life++)
        {
            await using var dying = new FeedProcess(account, clock, random.Next(), settings) { Faults = { Rate = 0.02 } };
            dying.Faults.DieAfter(random.Next(10, 120));
            for (var step = 0; step < 8 && !dying.Faults.IsDead; step++)
            {
                try
                {
                    foreach (var delivery in deliveries)
                        await dying.CommitAsync(new LogPartition(delivery, random.Next(2)), Enumerable.Range(0, random.Next(1, 90)).Select(_ => $"m{written++}"));
                    await dying.CollectAsync();
                    await dying.PushAsync();
                }
                catch (Exception e) when (e is ProcessDiedException or RequestFailedException or IOException or AggregateException || e.InnerException is ProcessDiedException)
                {
                    // The host would try again; here a later step does.
                }

                clock.Advance(TimeSpan.FromSeconds(random.Next(1, 400)));
            }

            deaths += dying.Faults.IsDead ? 1 : 0;
        }

        Assert.True(deaths > 2, $"{deaths} processes died: the test has shown little.");
        receiver.Answer = (_, _) => Task.FromResult<int?>(null);
        for (var round = 0; round < 3; round++)
        {
            clock.Advance(TimeSpan.FromHours(7));
            await calm.CollectAsync();
            await calm.PushAsync();
        }

        Assert.Empty(receiver.Faults);
        Assert.True(receiver.Repeats > 0, "No batch came twice: the test has shown little.");
        foreach (var delivery in deliveries)
            Assert.Equal((await calm.ReadAsync(deliveryId: delivery)).Select(e => e.Id), receiver.Events.Where(e => e.GetProperty("deliveryId").GetString() == delivery).Select(e => e.GetProperty("id").GetString()));
        Assert.All(receiver.Requests, r => Assert.Equal(r.Path == "/own", receiver.Events.First(e => r.Key.StartsWith(e.GetProperty("id").GetString()!, StringComparison.Ordinal)).GetProperty("deliveryId").GetString() == "own"));
        // Nothing is pending, nothing is claimed.
        Assert.Null(await calm.Get<PushSchedule>().WakeAsync(CancellationToken.None));
        Assert.All(await calm.Get<EndpointReports>().ListAsync(CancellationToken.None), e => Assert.Equal(("upToDate", 0L, 0), (e.State, e.LagSeconds, e.Failures)));
    }

    [Fact]
    public async Task A_batch_has_at_most_500_events_and_256_KB()
    {
        await using var receiver = await FeedbackReceiver.StartAsync();
        await using var calm = await StartAsync(new FakeTimeProvider(Start), receiver.Url);
        await calm.DeclareAsync("d");
        for (var page = 0; page < 14; page++)
            await calm.CommitAsync(new LogPartition("d", page % 2), Enumerable.Range(0, 90).Select(n => $"m{page}.{n}"));
        for (var page = 0; page < 3; page++)
        {
            var change = new LogChange();
            change.Events.AddRange(Enumerable.Range(0, 90).Select(n => new DeliveryEvent { Type = DeliveryEventType.Hard, MessageId = $"long{page}.{n}", Reply = new string('é', 1_000) }));
            await calm.Get<LogLedger>().CommitAsync(new LogPartition("d", 0), change, CancellationToken.None);
        }

        await calm.CollectAsync();
        await calm.PushAsync();

        Assert.Equal(17 * 90, receiver.Events.Count);
        Assert.Contains(receiver.Requests, r => r.Events == PushBatch.MaxEvents);
        Assert.Contains(receiver.Requests, r => r.Bytes > 200_000);
        Assert.All(receiver.Requests, r => Assert.True(r.Events <= 500 && r.Bytes <= 256 * 1024, $"{r.Events} events, {r.Bytes} octets"));
    }

    [Fact]
    public async Task A_dead_endpoint_is_tried_for_days_less_and_less_and_then_told_all()
    {
        var clock = new FakeTimeProvider(Start);
        await using var receiver = await FeedbackReceiver.StartAsync();
        await using var calm = await StartAsync(clock, receiver.Url);
        await calm.DeclareAsync("d");
        receiver.Answer = (_, taken) => Task.FromResult<int?>(taken ? null : 500);
        var tries = new List<DateTimeOffset>();
        var retry = TimeSpan.Zero;
        while (clock.GetUtcNow() < Start.AddDays(5))
        {
            await calm.CommitAsync(new LogPartition("d", 0), $"m{tries.Count}");
            await calm.CollectAsync();
            var before = receiver.Requests.Count;
            await calm.PushAsync();
            if (receiver.Requests.Count > before)
                tries.Add(clock.GetUtcNow());
            var endpoint = Assert.Single(await calm.Get<EndpointReports>().ListAsync(CancellationToken.None));
            Assert.Equal(("failing", receiver.Requests.Count), (endpoint.State, endpoint.Failures));
            Assert.StartsWith("answered 500", endpoint.LastError, StringComparison.Ordinal);
            // Asked a second too early, nothing is tried.
            retry = endpoint.NextAttempt!.Value - clock.GetUtcNow();
            clock.Advance(retry - TimeSpan.FromSeconds(1));
            before = receiver.Requests.Count;
            await calm.PushAsync();
            Assert.Equal(before, receiver.Requests.Count);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(tries.Count, 20, 60);
        Assert.InRange(retry, PushBackoff.Longest / 2, PushBackoff.Longest);
        // The same batch each time: what came later waits behind it.
        Assert.Single(receiver.Requests.Select(r => r.Key).Distinct());
        var incidents = await calm.Get<IncidentLog>().LatestAsync(20, CancellationToken.None);
        Assert.InRange(incidents.Count(i => i.Kind == "feedback-endpoint"), 1, 6);
        Assert.DoesNotContain("from=mta", JsonSerializer.Serialize(incidents), StringComparison.Ordinal);

        receiver.Answer = (_, _) => Task.FromResult<int?>(null);
        await calm.PushAsync();
        Assert.Equal(Enumerable.Range(0, tries.Count).Select(n => $"m{n}"), receiver.MessagesOf("d"));
        Assert.Equal("upToDate", Assert.Single(await calm.Get<EndpointReports>().ListAsync(CancellationToken.None)).State);
        Assert.Empty(await calm.Get<IncidentLog>().StandingAsync("feedback-endpoint", CancellationToken.None));
    }

    [Fact]
    public async Task An_operator_may_end_the_wait_and_an_endpoint_may_ask_for_one()
    {
        var clock = new FakeTimeProvider(Start);
        await using var receiver = await FeedbackReceiver.StartAsync();
        await using var calm = await StartAsync(clock, receiver.Url);
        await calm.DeclareAsync("d");
        await calm.CommitAsync(new LogPartition("d", 0), "m");
        await calm.CollectAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return Task.FromResult<int?>(429);
        };
        await calm.PushAsync();
        var endpoint = Assert.Single(await calm.Get<EndpointReports>().ListAsync(CancellationToken.None));
        Assert.Equal(Start.AddHours(1), endpoint.NextAttempt);
        receiver.Answer = (_, _) => Task.FromResult<int?>(null);
        await calm.PushAsync();
        Assert.Empty(receiver.Events);
        Assert.True(await calm.Get<PushSchedule>().RetryAsync(endpoint.Id, CancellationToken.None));
        Assert.False(await calm.Get<PushSchedule>().RetryAsync("nobody", CancellationToken.None));
        await calm.PushAsync();
        Assert.Single(receiver.Events);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_holds_up_no_other()
    {
        await using var silent = await FeedbackReceiver.StartAsync();
        await using var quick = await FeedbackReceiver.StartAsync();
        var forever = new TaskCompletionSource();
        silent.Answer = async (context, _) =>
        {
            await forever.Task.WaitAsync(context.RequestAborted);
            return null;
        };
        await using var calm = await StartAsync(new FakeTimeProvider(Start), quick.Url, new PushOptions { RequestTimeout = TimeSpan.FromMinutes(2) });
        var stuck = Enumerable.Range(0, 6).Select(n => new Uri(silent.Url, $"/{n}")).ToList();
        foreach (var url in stuck)
        {
            await calm.DeclareAsync($"stuck{url.AbsolutePath.Trim('/')}", url);
            await calm.CommitAsync(new LogPartition($"stuck{url.AbsolutePath.Trim('/')}", 0), "m");
        }

        await calm.DeclareAsync("quick");
        await calm.CommitAsync(new LogPartition("quick", 0), "m");
        await calm.CollectAsync();
        var pushing = calm.PushAsync();
        await Eventually.IsTrueAsync(() => silent.Requests.Count == 6, "all of the silent ones are being asked");
        for (var n = 0; n < 5; n++)
        {
            await calm.CommitAsync(new LogPartition("quick", 0), $"m{n}");
            await calm.CollectAsync();
            // The others' posts are under way all the time.
            await Eventually.IsTrueAsync(async () =>
            {
                await calm.Get<PushSchedule>().WakeAsync(CancellationToken.None);
                var orders = (await calm.Storage.FeedbackPush.ReceiveMessagesAsync(32, cancellationToken: TestContext.Current.CancellationToken)).Value;
                await Task.WhenAll(orders.Select(o => calm.Get<EndpointPush>().RunAsync(o.MessageText, CancellationToken.None)));
                return quick.Events.Count == 2 + n;
            }, "the quick one has the next event");
        }

        Assert.False(pushing.IsCompleted);
        Assert.Equal(6, silent.Requests.Count);
        forever.SetResult();
        await pushing;
        Assert.Equal(6, silent.Events.Count);
    }

    [Fact]
    public async Task What_waits_follows_its_delivery_to_a_new_endpoint()
    {
        var clock = new FakeTimeProvider(Start);
        await using var wrong = await FeedbackReceiver.StartAsync();
        await using var right = await FeedbackReceiver.StartAsync();
        wrong.Answer = (_, taken) => Task.FromResult<int?>(taken ? null : 404);
        await using var calm = await StartAsync(clock, null);
        await calm.DeclareAsync("d", wrong.Url);
        await calm.DeclareAsync("unwanted");
        foreach (var delivery in new[] { "d", "unwanted" })
            await calm.CommitAsync(new LogPartition(delivery, 0), "m0", "m1");
        await calm.CollectAsync();
        await calm.PushAsync();
        Assert.Single(wrong.Requests);
        await calm.DeclareAsync("d", right.Url);
        await calm.DeclareAsync("unwanted", right.Url);
        await calm.PushAsync();
        Assert.Equal(["m0", "m1"], right.MessagesOf("d"));
        // It had no endpoint when its events came, and is told them all the same.
        Assert.Equal(["m0", "m1"], right.MessagesOf("unwanted"));
        Assert.Empty(right.Faults);
        clock.Advance(TimeSpan.FromMinutes(10));
        for (var round = 0; round < 2; round++)
            await calm.PushAsync();
        Assert.Null(await calm.Get<PushSchedule>().WakeAsync(CancellationToken.None));
        Assert.Single(wrong.Requests);
    }

    [Fact]
    public async Task Both_keys_sign_while_one_follows_the_other()
    {
        await using var receiver = await FeedbackReceiver.StartAsync();
        string? signatures = null;
        receiver.Answer = (context, _) =>
        {
            signatures = context.Request.Headers[PushSignature.SignatureHeader];
            return Task.FromResult<int?>(null);
        };
        await using var calm = new FeedProcess(azurite.NewAccount(), new FakeTimeProvider(Start), 1,
        [
            new("EnhancedMta:Feedback:Url", receiver.Url.ToString()),
            new("EnhancedMta:Feedback:Keys:0:Id", "two"),
            new("EnhancedMta:Feedback:Keys:0:Secret", Convert.ToBase64String(FeedProcess.NextSecret)),
            new("EnhancedMta:Feedback:Keys:1:Id", "one"),
            new("EnhancedMta:Feedback:Keys:1:Secret", Convert.ToBase64String(FeedProcess.Secret)),
        ]);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        await calm.DeclareAsync("d");
        await calm.CommitAsync(new LogPartition("d", 0), "m");
        await calm.CollectAsync();
        await calm.PushAsync();
        // The receiver verifies with key "one".
        Assert.Empty(receiver.Faults);
        Assert.Matches("^two=[0-9a-f]{64},one=[0-9a-f]{64}$", signatures);
    }

    private async Task<FeedProcess> StartAsync(TimeProvider clock, Uri? url, PushOptions? options = null)
    {
        var process = new FeedProcess(azurite.NewAccount(), clock, 1, [new("EnhancedMta:Feedback:Url", url?.ToString())], options);
        await process.Storage.EnsureCreatedAsync(CancellationToken.None);
        return process;
    }
}
