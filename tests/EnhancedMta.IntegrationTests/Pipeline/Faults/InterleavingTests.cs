using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Copies;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Ingestion;
using EnhancedMta.Kpis;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Packs;
using EnhancedMta.Paths;
using EnhancedMta.ReturnPaths;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>
/// The log's invariants under random interleavings: requests with repeats, several workers on one batch, claims that lapse while they
/// work, retries, sweeps, bounces that come back, storage that fails and loses answers, and processes that die between any two requests.
/// </summary>
public sealed class InterleavingTests(AzuriteFixture azurite)
{
    private const string DeliveryId = "d";
    private const string Domain = "recipients.example";
    private const string OtherDomain = "elsewhere.example";
    private const string Archive = "archive";

    private static readonly Persona Recipients = new("recipients", "mx.recipients.example", [Domain, OtherDomain])
    {
        Rules =
        [
            new("unknown", new SinkReply(550, "5.1.1", "No such person")) { Prefix = "unknown" },
            new("greylist", new SinkReply(451, "4.7.1", "Greylisted, come back later")) { Prefix = "grey", Tries = 1 },
            new("busy", new SinkReply(451, "4.3.2", "Not now")) { Prefix = "busy", Tries = 3 },
            new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full" },
            new("refused", new SinkReply(554, "5.7.1", "Not this content")) { Prefix = "refused", AfterData = true },
        ],
    };

    private static readonly string[] Kinds = ["ok", "ok", "ok", "ok", "unknown", "grey", "busy", "full", "refused"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("INTERLEAVINGS") ?? "10", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Log_counters_and_feed_agree_after_every_crash_and_every_message_ends_once(int seed)
    {
        var random = new Random(seed);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
        await using var sink = await SmtpSinkServer.StartAsync(new SmtpSinkOptions { Personas = [Recipients] }, TestContext.Current.CancellationToken);
        var account = azurite.NewAccount();
        var target = sink.EndPointOf(Domain).ToString();
        var accepted = new HashSet<string>(StringComparer.Ordinal);
        var offered = new HashSet<string>(StringComparer.Ordinal);

        // The last process, which dies no more, is also the one that looks at the result.
        // Every other time an archive gets a copy of each message.
        Dictionary<string, string?> settings = seed % 2 == 0 ? [] : new() { ["EnhancedMta:BccAddress"] = $"{Archive}@{Domain}" };
        await using var calm = new Instance(account, target, clock, seed, 0, null, settings);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        await DeclareAsync(calm, random);
        var deaths = 0;
        for (var life = 0; life < 6; life++)
        {
            await using var instance = new Instance(account, target, clock, random.Next(), 0.02, null, settings);
            instance.Faults.DieAfter(random.Next(1, 60));
            for (var step = 0; step < 12 && !instance.Faults.IsDead; step++)
            {
                await StepAsync(instance, calm, random, clock, offered, accepted);
                if (!instance.Faults.IsDead && random.Next(3) == 0)
                    await AssertLogAgreesAsync(calm);
            }

            deaths += instance.Faults.IsDead ? 1 : 0;
            await AssertLogAgreesAsync(calm);
        }

        Assert.True(deaths > 0, "No process died: the test has shown nothing.");
        await FinishAsync(calm, clock);
        await AssertEndAsync(calm, sink, offered, accepted);
    }

    /// <summary>One thing that triggers or callers may cause. Whatever it throws, the log must agree afterwards.</summary>
    private static async Task StepAsync(Instance instance, Instance calm, Random random, FakeTimeProvider clock, HashSet<string> offered, HashSet<string> accepted)
    {
        try
        {
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    var ids = Enumerable.Range(0, random.Next(1, 150)).Select(_ => $"{Kinds[random.Next(Kinds.Length)]}-{random.Next(400)}").ToList();
                    offered.UnionWith(ids);
                    var before = (await CountersAsync(calm)).Relayed;
                    var answer = await instance.RelayAsync(DeliveryId, string.Join('\n', ids.Select(Line)));
                    Assert.Equal(ids.Count, answer.Accepted + answer.Duplicates);
                    Assert.Equal((await CountersAsync(calm)).Relayed - before, answer.Accepted);
                    accepted.UnionWith(ids);
                    break;
                case 3 or 4 or 5:
                    await RelaySomeAsync(instance, calm, random, clock);
                    break;
                case 6:
                    clock.Advance(TimeSpan.FromMinutes(random.Next(0, 90)));
                    await instance.QueueDueRetriesAsync();
                    await instance.SweepAsync();
                    break;
                case 8:
                    await instance.RollUpAsync(DeliveryId);
                    break;
                case 7 when accepted.Count > 0:
                    await BounceAsync(instance, accepted.ElementAt(random.Next(accepted.Count)));
                    break;
                case 9:
                    await instance.Get<FeedCollector>().CollectAsync(CancellationToken.None);
                    break;
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            // The host would try again; here a later step does.
        }
    }

    private static bool IsExpected(Exception e) => e switch
    {
        AggregateException aggregate => aggregate.InnerExceptions.All(IsExpected),
        RelayIntakeException { Status: 503 } => true,
        _ => e is ProcessDiedException or Azure.RequestFailedException or IOException || e.InnerException is { } inner && IsExpected(inner),
    };

    /// <summary>
    /// Takes what is visible in the queue, each message by several workers at once, as after a queue message that came twice. Some
    /// batches change under their hands: bounces come back already, or the claim lapses and another process takes over.
    /// </summary>
    private static async Task RelaySomeAsync(Instance instance, Instance calm, Random random, FakeTimeProvider clock)
    {
        var messages = await instance.Storage.RelayMarketing.ReceiveMessagesAsync(random.Next(1, 6), TimeSpan.FromSeconds(1));
        foreach (var message in messages.Value)
        {
            var work = Enumerable.Range(0, random.Next(1, 4)).Select(_ => instance.RelayBatchAsync(message.MessageText)).ToList();
            var wait = TimeSpan.FromMilliseconds(random.Next(60));
            switch (random.Next(4))
            {
                case 0:
                    work.Add(TakeOverAsync(calm, clock, message.MessageText, wait));
                    break;
                case 1:
                    work.Add(BounceOfBatchAsync(calm, random.Next(), message.MessageText, wait));
                    break;
            }

            await LookedAfterAsync(Task.WhenAll(work), clock, instance, calm);
            await instance.Storage.RelayMarketing.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
    }

    /// <summary>
    /// What a host does meanwhile: it looks after its paths. Without that, what waits in line for a connection that a dead process holds would wait as long as a worker may run.
    /// Time goes on only when nothing else does.
    /// </summary>
    private static async Task LookedAfterAsync(Task work, FakeTimeProvider clock, params Instance[] instances)
    {
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(1))) != work)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            foreach (var path in instances.SelectMany(i => i.Get<PathDirectory>().InUse))
            {
                try
                {
                    await path.UpkeepAsync(CancellationToken.None);
                }
                catch (Exception e) when (IsExpected(e))
                {
                    // Of a process that died, or of a storage that is away.
                }
            }
        }

        await work;
    }

    private static async Task TakeOverAsync(Instance other, FakeTimeProvider clock, string order, TimeSpan wait)
    {
        await Task.Delay(wait);
        clock.Advance(TimeSpan.FromMinutes(2));
        await other.RelayBatchAsync(order);
    }

    private static async Task BounceOfBatchAsync(Instance other, int pick, string orderJson, TimeSpan wait)
    {
        var order = BatchOrder.Parse(orderJson);
        if (await other.Get<BatchClaims>().ReadAsync(order.LogPartition, order.BatchId, CancellationToken.None) is not { } batch)
            return;
        var pack = await other.Get<PackStore>().ReadAsync(batch.Pack, CancellationToken.None);
        var slot = pick % batch.Count;
        await Task.Delay(wait);
        await BounceAsync(other, pack!.Header.Items[batch.Items?[slot].Index ?? slot].MessageId);
    }

    private static async Task BounceAsync(Instance instance, string messageId)
    {
        var delivery = (await instance.Get<DeliveryStore>().FindAsync(DeliveryId, CancellationToken.None))!;
        var partition = LogPartition.Of(DeliveryId, messageId, delivery.Shards);
        var recipient = instance.Get<ReturnPathCodec>().Encode(DeliveryId, partition.Shard, messageId);
        using var mail = new MemoryStream(Encoding.ASCII.GetBytes(SampleBounces.Failed(recipient, Address(messageId), "5.1.1", "550 5.1.1 No such person after all")));
        await instance.AcceptBounceAsync(mail, recipient);
        foreach (var message in (await instance.Storage.Bounces.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(1))).Value)
        {
            await instance.QualifyBounceAsync(message.MessageText);
            await instance.Storage.Bounces.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
    }

    /// <summary>Lets time pass and does all work, until nothing is open.</summary>
    private static async Task FinishAsync(Instance calm, FakeTimeProvider clock)
    {
        for (var round = 0; round < 200; round++)
        {
            clock.Advance(TimeSpan.FromMinutes(30));
            await calm.QueueDueRetriesAsync();
            await calm.SweepAsync();
            while ((await calm.Storage.RelayMarketing.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(30))).Value is { Length: > 0 } messages)
            {
                await LookedAfterAsync(
                    Parallel.ForEachAsync(messages, async (message, _) =>
                    {
                        await calm.RelayBatchAsync(message.MessageText);
                        await calm.Storage.RelayMarketing.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None);
                    }),
                    clock, calm);
            }

            if ((await CountersAsync(calm)).Open == 0 && !await HasBatchesAsync(calm))
                return;
        }

        Assert.Fail($"Messages are still open: {LogCheck.Text(await CountersAsync(calm))}");
    }

    private static async Task<bool> HasBatchesAsync(Instance calm)
    {
        foreach (var partition in await PartitionsAsync(calm))
        {
            if (await calm.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.BatchPrefix)).AnyAsync())
                return true;
        }

        return false;
    }

    private static async Task AssertEndAsync(Instance calm, SmtpSinkServer sink, HashSet<string> offered, HashSet<string> accepted)
    {
        await AssertLogAgreesAsync(calm);
        var rows = new Dictionary<string, MessageRow>(StringComparer.Ordinal);
        foreach (var partition in await PartitionsAsync(calm))
        {
            await foreach (var row in calm.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix)))
                rows.Add(row.RowKey[LogKeys.MessagePrefix.Length..], MessageRow.Read(row));
            // Nothing is left to do, and nobody has to look after anything.
            Assert.Empty(await calm.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.BatchPrefix)).ToListAsync());
        }

        await AssertFeedIsCompleteAsync(calm);
        // Accepted is never lost; what was offered without an answer may be ours or not.
        Assert.Empty(accepted.Except(rows.Keys));
        Assert.Empty(rows.Keys.Except(offered));
        Assert.All(rows.Values, row => Assert.True(row.State.IsFinal(), $"{row.MessageId} is {row.State}"));

        // Delivered means that the sink has it; each one that it has twice is one that we counted as a possible repeat.
        var taken = sink.Ledger.Recipients.Where(r => r.Key != $"{Archive}@{Domain}").ToDictionary(r => r.Key[..r.Key.IndexOf('@', StringComparison.Ordinal)], r => r.Value.Accepted, StringComparer.Ordinal);
        Assert.All(rows.Values.Where(r => r.State == MessageState.Delivered), row => Assert.True(taken.GetValueOrDefault(row.MessageId) >= 1, $"{row.MessageId} never arrived"));
        // So does the archive; what was delivered and bounced later had its copy, too.
        var archived = sink.Ledger.Recipients.GetValueOrDefault($"{Archive}@{Domain}")?.Accepted ?? 0;
        var hasArchive = rows.Values.Any(r => r.Copy is not null);
        Assert.All(rows.Values, row => Assert.True(row.Copy is CopyState.Sent || !(hasArchive && row.State == MessageState.Delivered) && row.Copy is null, $"{row.MessageId} is {row.State}, its copy {row.Copy}"));
        Assert.True(archived >= rows.Values.Count(r => r.Copy == CopyState.Sent), $"{archived} copies arrived.");

        var repeats = taken.Values.Sum(count => Math.Max(0, count - 1));
        var counters = await CountersAsync(calm);
        Assert.True(repeats <= counters.PossibleRepeats, $"{repeats} messages arrived twice, {counters.PossibleRepeats} are counted as possible.");
    }

    /// <summary>Counters = recount; pages without a gap; replaying the events gives each row's status.</summary>
    private static async Task AssertLogAgreesAsync(Instance calm)
    {
        // The last request of a process that died may still be under way, and Azurite lets others see a transaction half made. What is
        // wrong in the log stays wrong.
        for (var look = 1; look < 5; look++)
        {
            try
            {
                await AssertLogAgreesNowAsync(calm);
                return;
            }
            catch (Xunit.Sdk.XunitException)
            {
                await Task.Delay(TimeSpan.FromSeconds(look), TestContext.Current.CancellationToken);
            }
        }

        await AssertLogAgreesNowAsync(calm);
    }

    private static async Task AssertLogAgreesNowAsync(Instance calm)
    {
        await LogCheck.CountersEqualRecountAsync(calm.Storage, DeliveryId);
        foreach (var partition in await PartitionsAsync(calm))
        {
            var statuses = new Dictionary<string, string>(StringComparer.Ordinal);
            var number = 0L;
            await foreach (var page in calm.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.PagePrefix)))
            {
                Assert.Equal(LogKeys.Page(++number), page.RowKey);
                foreach (var happened in FeedPage.Read(page))
                    statuses[happened.MessageId] = happened.Status ?? MessageStates.Sent;
            }

            await foreach (var row in calm.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix)))
            {
                var message = MessageRow.Read(row);
                Assert.Equal((message.MessageId, message.State.Status()), (message.MessageId, statuses.GetValueOrDefault(message.MessageId)));
            }
        }
    }

    /// <summary>The feed has each page's events once, in the page's order.</summary>
    private static async Task AssertFeedIsCompleteAsync(Instance calm)
    {
        await calm.Get<FeedCollector>().CollectAsync(CancellationToken.None);
        var feed = new List<FeedEvent>();
        for (var slice = new FeedSlice([], FeedEventId.Start, true); slice.HasMore;)
        {
            slice = await calm.Get<FeedReader>().ReadAsync(slice.Last, 500, null, CancellationToken.None);
            feed.AddRange(slice.Events.Select(e => e.Event));
        }

        Assert.Equal(feed.Select(e => e.Id).Distinct().Order(StringComparer.Ordinal), feed.Select(e => e.Id));
        foreach (var partition in await PartitionsAsync(calm))
        {
            var pages = await calm.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.PagePrefix)).SelectMany(page => FeedPage.Read(page)).ToListAsync();
            Assert.Equal(
                pages.Select(e => (e.MessageId, e.Type, e.Time)),
                feed.Where(e => FeedEventId.TryParse(e.Id, out var id) && id.Shard == partition.Shard).Select(e => (e.MessageId, e.Type, (DateTimeOffset?)e.Time)));
        }
    }

    private static async Task<Counters> CountersAsync(Instance calm) =>
        await calm.Get<DeliveryKpis>().CountersAsync((await calm.Get<DeliveryStore>().FindAsync(DeliveryId, CancellationToken.None))!, CancellationToken.None);

    private static async Task<List<LogPartition>> PartitionsAsync(Instance calm) =>
        [.. (await calm.Get<DeliveryStore>().FindAsync(DeliveryId, CancellationToken.None))!.Partitions];

    private static async Task DeclareAsync(Instance calm, Random random)
    {
        var declaration = JsonSerializer.SerializeToUtf8Bytes(new { validityPeriod = "PT12H", expectedSize = random.Next(2) == 0 ? 100 : 2_000 });
        Assert.Empty(DeclarationReader.Read(DeliveryId, declaration, out var read));
        await calm.Get<DeliveryStore>().DeclareAsync(read!, CancellationToken.None);
    }

    private static string Address(string id) => $"{id}@{(id[^1] < '3' ? OtherDomain : Domain)}";

    private static string Line(string id) => JsonSerializer.Serialize(new { messageId = id, to = Address(id), from = "news@sender.example", subject = id, text = $"For {id}." });
}
