using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Incidents;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Sweeping;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>A message is always somewhere: what waits comes back in time, and what nobody works on is found.</summary>
public sealed class ScheduleTests(AzuriteFixture azurite)
{
    private static readonly RecipientRule Busy = new("once busy", new SinkReply(451, "4.3.2", "Not now")) { Prefix = "later", Tries = 1 };

    /// <summary>A guard stands for two minutes, so its time comes at their end.</summary>
    private static readonly TimeSpan Guarded = new BatchOptions().GuardDelay + TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("10:00:00", "09:59:59.9999999", "10:00:00")]
    [InlineData("10:00:00.0000001", "10:00:59.9999999", "10:01:00")]
    [InlineData("10:00:30", "10:00:59.9999999", "10:01:00")]
    public async Task A_retry_is_queued_at_the_full_minute_after_it_is_due_and_never_before(string due, string tooEarly, string then)
    {
        await using var scene = await Scene.StartAsync(azurite);
        var day = scene.Clock.GetUtcNow().UtcDateTime.Date.AddDays(1);
        await AddPointerAsync(scene, At(due));
        scene.Clock.SetUtcNow(At(tooEarly));
        Assert.Equal(0, await scene.Mta.QueueDueRetriesAsync());
        scene.Clock.SetUtcNow(At(then));
        Assert.Equal(1, await scene.Mta.QueueDueRetriesAsync());
        Assert.Equal(1, await scene.QueuedAsync());
        Assert.Equal(0, await scene.Mta.QueueDueRetriesAsync());

        DateTimeOffset At(string time) => new(day + TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
    }

    [Fact]
    public async Task Retries_that_were_left_behind_are_queued_however_old_they_are_and_the_oldest_first()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var now = scene.Clock.GetUtcNow();
        await AddPointerAsync(scene, now.AddMinutes(2));
        var yesterday = await AddPointerAsync(scene, now.AddDays(-1));
        var threeDays = await AddPointerAsync(scene, now.AddDays(-3));
        var due = await scene.Mta.Get<WaitingBatches>().DueRetriesAsync(now, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([threeDays, yesterday], due.Select(pointer => pointer.ToOrder().BatchId));
        Assert.Equal(2, await scene.Mta.QueueDueRetriesAsync());
        // Both are small and of one delivery.
        Assert.Equal(1, await scene.QueuedAsync());
        Assert.Equal([threeDays, yesterday], BatchOrder.Parse(await scene.TakeOrderAsync()).Each().Select(order => order.BatchId));
    }

    [Fact]
    public async Task Partitions_are_guarded_with_one_operation_and_none_while_the_guard_stands()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var seen = new Requests();
        var guards = scene.NewInstance(seen).Get<PartitionGuards>();
        LogPartition[] partitions = [.. Enumerable.Range(0, 5).Select(shard => new LogPartition(Scene.DeliveryId, shard))];
        for (var time = 0; time < 2; time++)
        {
            await guards.EnsureAsync(partitions, TestContext.Current.CancellationToken);
            await guards.EnsureAsync(partitions[3], TestContext.Current.CancellationToken);
            Assert.Equal(["POST $batch"], seen.All);
        }

        scene.Clock.Advance(Guarded);
        var due = await scene.Mta.Get<WaitingBatches>().DueGuardsAsync(scene.Clock.GetUtcNow(), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(partitions, due.Select(guard => guard.Partition));
        await guards.EnsureAsync(partitions[3], TestContext.Current.CancellationToken);
        Assert.Equal(2, seen.All.Count);
    }

    [Fact]
    public async Task A_batch_whose_queue_message_was_never_sent_is_found_and_finished()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var dying = scene.NewInstance();
        dying.Faults.DiesBefore = Scene.IsQueueing;
        await Assert.ThrowsAsync<ProcessDiedException>(() => scene.RelayAsync(dying, Scene.Ids(10)));
        Assert.Equal((0, 1), (await scene.QueuedAsync(), await scene.OpenBatchesAsync()));

        Assert.Equal(0, await scene.Mta.SweepAsync());
        scene.Clock.Advance(Guarded);
        Assert.Equal(1, await scene.Mta.SweepAsync());
        await AssertFinishedAsync(scene, delivered: 10, possibleRepeats: 0);
    }

    [Fact]
    public async Task A_batch_whose_worker_died_is_found_once_its_claim_has_lapsed()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(10));
        var order = BatchOrder.Parse(await scene.TakeOrderAsync());
        var claims = scene.Mta.Get<BatchClaims>();
        var claimed = (await claims.ClaimAsync(order, TestContext.Current.CancellationToken)).Batch!;

        // Five minutes later the worker still works.
        scene.Clock.Advance(Guarded);
        Assert.NotNull(await claims.UpdateAsync(claimed, keep: true, TestContext.Current.CancellationToken));
        Assert.Equal(0, await scene.Mta.SweepAsync());

        scene.Clock.Advance(Guarded);
        Assert.Equal(1, await scene.Mta.SweepAsync());
        await AssertFinishedAsync(scene, delivered: 10, possibleRepeats: 10);
    }

    [Fact]
    public async Task A_batch_that_is_in_line_is_not_queued_again()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, "m0");
        await scene.RelayAsync(scene.Mta, "m1");

        for (var look = 0; look < 3; look++)
        {
            scene.Clock.Advance(Guarded);
            Assert.Equal(0, await scene.Mta.SweepAsync());
        }

        Assert.Equal(2, await scene.QueuedAsync());
        await AssertFinishedAsync(scene, delivered: 2, possibleRepeats: 0);
    }

    [Fact]
    public async Task A_batch_that_lost_its_queue_message_is_not_found_before_those_ahead_of_it_in_line_are_through()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, "ahead");
        var dying = scene.NewInstance();
        dying.Faults.DiesBefore = Scene.IsQueueing;
        await Assert.ThrowsAsync<ProcessDiedException>(() => scene.RelayAsync(dying, "lost"));

        scene.Clock.Advance(Guarded);
        Assert.Equal(0, await scene.Mta.SweepAsync());
        await scene.WorkAsync();
        Assert.Equal(1, scene.Taken);

        scene.Clock.Advance(Guarded);
        Assert.Equal(1, await scene.Mta.SweepAsync());
        await AssertFinishedAsync(scene, delivered: 2, possibleRepeats: 0);
    }

    [Fact]
    public async Task A_batch_that_waits_keeps_its_guard_and_is_found_when_its_pointer_got_lost()
    {
        await using var scene = await Scene.StartAsync(azurite, Busy);
        await scene.RelayAsync(scene.Mta, "later");
        await scene.WorkAsync();
        var due = await scene.Mta.NextRetryAsync();
        Assert.True(due > scene.Clock.GetUtcNow() + Guarded, "The retry is due too soon to tell anything.");
        await foreach (var pointer in scene.Mta.Storage.Schedule.QueryAsync<TableEntity>("PartitionKey ge 'retry~' and PartitionKey lt 'retry~~'"))
            await scene.Mta.Storage.Schedule.DeleteEntityAsync(pointer.PartitionKey, pointer.RowKey, cancellationToken: TestContext.Current.CancellationToken);

        // The guard of its acceptance is followed and gone; the next one is for after the retry.
        scene.Clock.Advance(Guarded);
        Assert.Equal(0, await scene.Mta.SweepAsync());
        scene.Clock.SetUtcNow(due!.Value);
        Assert.Equal(0, await scene.Mta.QueueDueRetriesAsync());
        Assert.Equal(0, await scene.Mta.SweepAsync());
        scene.Clock.Advance(Guarded);
        Assert.Equal(1, await scene.Mta.SweepAsync());
        await AssertFinishedAsync(scene, delivered: 1, possibleRepeats: 0);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Messages_whose_content_is_lost_fail_and_an_incident_tells_why(bool isRetry, bool isDamaged)
    {
        await using var scene = await Scene.StartAsync(azurite, Busy);
        await scene.RelayAsync(scene.Mta, "later1", "later2", "later3");
        if (isRetry)
        {
            await scene.WorkAsync();
            Assert.Equal(3, (await scene.CountersAsync()).Waiting);
            scene.Clock.SetUtcNow((await scene.Mta.NextRetryAsync())!.Value);
            Assert.Equal(1, await scene.Mta.QueueDueRetriesAsync());
        }

        var pack = await scene.Mta.Storage.Packs.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken).SingleAsync(TestContext.Current.CancellationToken);
        if (isDamaged)
            await scene.Mta.Storage.Packs.GetBlobClient(pack.Name).UploadAsync(new BinaryData("not a pack"), overwrite: true, TestContext.Current.CancellationToken);
        else
            await scene.Mta.Storage.Packs.DeleteBlobAsync(pack.Name, cancellationToken: TestContext.Current.CancellationToken);

        await scene.WorkAsync();
        var counters = await scene.CountersAsync();
        Assert.Equal((3, 0, 0, 0), (counters.Failed, counters.Delivered, counters.Waiting, counters.Open));
        Assert.Equal((0, 0), (scene.Taken, await scene.OpenBatchesAsync()));
        var incident = Assert.Single(await scene.Mta.Get<IncidentLog>().LatestAsync(10, TestContext.Current.CancellationToken));
        Assert.Equal(("content-lost", pack.Name), (incident.Kind, incident.Subject));
        var row = await scene.Mta.Get<LogReader>().FindAsync(scene.Partition, "later2", TestContext.Current.CancellationToken);
        Assert.Equal(("ContentLost", isRetry ? 2 : 1), (row!.History[^1].LocalError, row.History.Count));
    }

    [Fact]
    public async Task A_batch_that_ends_in_the_poison_queue_raises_an_incident_and_is_finished_later()
    {
        var storage = new NoPacks { IsAway = true };
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], [storage], KeyValuePair.Create("AzureFunctionsJobHost:extensions:queues:visibilityTimeout", (string?)"00:00:00"));
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await mta.RelayAsync("d", Scene.Ids(10));
        await Eventually.IsTrueAsync(async () => (await IncidentsAsync(mta)).Contains("poison"), "the batch failed five times");
        Assert.Equal(10, (await mta.SummaryAsync("d")).GetProperty("queued").GetInt64());

        storage.IsAway = false;
        mta.Clock.Advance(Guarded);
        await mta.Host.RunTimerAsync("Sweep", TestContext.Current.CancellationToken);
        await mta.SettledAsync("d", waiting: 0);
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((10, 0), (summary.GetProperty("delivered").GetInt64(), summary.GetProperty("possibleRepeats").GetInt64()));
        Assert.Equal(["poison"], await IncidentsAsync(mta));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private static async Task<List<string>> IncidentsAsync(MtaUnderTest mta) =>
        [.. (await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray().Select(incident => incident.GetProperty("kind").GetString()!)];

    /// <summary>A pointer to a batch of which nothing else is there.</summary>
    private static async Task<string> AddPointerAsync(Scene scene, DateTimeOffset due)
    {
        var batch = new Batch { Partition = scene.Partition, Id = Batch.NewId(due), Pack = "none", Lane = Lane.Marketing, Count = 1, Due = due };
        await scene.Mta.Get<WaitingBatches>().AddAsync([batch], TestContext.Current.CancellationToken);
        return batch.Id;
    }

    /// <summary>Works off what is in line; then nothing is open, and nobody has to look after anything any more.</summary>
    private static async Task AssertFinishedAsync(Scene scene, int delivered, int possibleRepeats)
    {
        await scene.WorkAsync();
        var counters = await scene.CountersAsync();
        Assert.Equal((delivered, 0, possibleRepeats), (counters.Delivered, counters.Open, counters.PossibleRepeats));
        Assert.Equal((delivered, 0, 0), (scene.Taken, scene.Repeats, await scene.OpenBatchesAsync()));
        scene.Clock.Advance(Guarded);
        Assert.Equal(0, await scene.Mta.SweepAsync());
        Assert.Empty(await scene.Mta.Storage.Schedule.QueryAsync<TableEntity>(cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Packs cannot be read for now.</summary>
    private sealed class NoPacks : HttpPipelineSynchronousPolicy
    {
        public bool IsAway { get; set; }

        public override void OnSendingRequest(HttpMessage message)
        {
            if (IsAway && message.Request.Method == RequestMethod.Get && message.Request.Uri.Path.Contains("/packs/", StringComparison.Ordinal))
                throw new Azure.RequestFailedException(403, "Injected: not allowed to read packs", "AuthorizationFailure", null);
        }
    }
}
