using System.Diagnostics;
using EnhancedMta.Breakdowns;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.IntegrationTests.Kpis;

public sealed class BigDeliveryTests(AzuriteFixture azurite)
{
    private const int Messages = 100_000;

    [Fact]
    public async Task The_summary_of_a_hundred_thousand_messages_equals_a_recount_of_their_rows_and_is_read_in_a_few_rows()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var storage = new StorageAccount(new StorageAccountOptions { ConnectionString = azurite.NewAccount() });
        await storage.EnsureCreatedAsync(cancellationToken);
        // As many partitions as a delivery of millions has.
        Assert.Empty(DeclarationReader.Read("big", """{"expectedSize": 1000000}"""u8.ToArray(), out var declaration));
        var (delivery, _) = await new DeliveryStore(storage.Deliveries, TimeProvider.System).DeclareAsync(declaration!, cancellationToken);
        var big = new BigDelivery(storage, delivery);
        var began = Stopwatch.GetTimestamp();
        await big.WriteAsync(Messages, cancellationToken);
        var written = Stopwatch.GetElapsedTime(began);

        // What the sweeper does every few minutes.
        var domains = new DomainRollUps(storage.Kpis, storage.Log, TimeProvider.System);
        var summaries = new DeliverySummaries(new DeliveryKpis(storage.Log), domains, TimeProvider.System);
        await domains.BringUpToDateAsync(delivery, TimeSpan.FromMinutes(1), cancellationToken);
        var addedUp = Stopwatch.GetElapsedTime(began) - written;

        var rows = await RecountAsync(big, cancellationToken);
        var before = storage.Operations.Count;
        var summary = await summaries.ReadAsync(delivery, cancellationToken);
        // Each of them a row: the partitions' counters, and the ranking of domains.
        Assert.Equal(delivery.Shards + 1, storage.Operations.Count - before);
        Assert.InRange(storage.Operations.Count - before, 2, 24);
        TestContext.Current.SendDiagnosticMessage($"Written in {written.TotalSeconds:0.0} s, domains added up in {addedUp.TotalSeconds:0.0} s.");

        await AssertSmallAsync(storage, delivery.Partitions.First(), cancellationToken);
        AssertEqual(rows, summary);
        Assert.Equal(
            Shares(rows, r => r.Domain).OrderBy(d => d.Key, StringComparer.Ordinal),
            (await domains.AllAsync(delivery.Id, cancellationToken)).Select(d => KeyValuePair.Create(d.Key, d.Value.Counts)).OrderBy(d => d.Key, StringComparer.Ordinal));
    }

    /// <summary>The counters row is written with each transaction.</summary>
    private static async Task AssertSmallAsync(StorageAccount storage, LogPartition partition, CancellationToken cancellationToken)
    {
        var row = (await storage.Log.GetEntityAsync<Azure.Data.Tables.TableEntity>(partition.Key, LogKeys.Counters, cancellationToken: cancellationToken)).Value;
        var bytes = row.Select(p => p.Value).OfType<byte[]>().Sum(b => b.Length);
        TestContext.Current.SendDiagnosticMessage($"Breakdowns take {bytes} octets of a counters row.");
        Assert.InRange(bytes, 100, 2_000);
    }

    private static void AssertEqual(List<MessageRow> rows, Summary summary)
    {
        Assert.Equal((1_000_000, Messages, Count(MessageState.Delivered), Count(MessageState.Bounced) + Count(MessageState.Expired), Count(MessageState.Waiting), Count(MessageState.Queued)),
            (summary.ToDeliver, summary.Relayed, summary.Delivered, summary.Failed, summary.WaitingForRetry, summary.Queued));
        Assert.Null(summary.AsOf);
        Assert.True(summary.Queued > 0 && summary.WaitingForRetry > 0 && summary.Expired > 0 && summary.Complaints > 0, "Nothing of some kind: the test has shown little.");
        Assert.Equal(100.0 * (1_000_000 - summary.Failed) / 1_000_000, summary.SuccessPercent);
        var failed = rows.Where(r => r.State is MessageState.Bounced or MessageState.Expired).ToList();
        Assert.Equal(failed.Count(r => r.Reason is (Qualification.CampaignReason)1), summary.HardBounces);
        Assert.Equal(failed.Count(r => (int)r.Reason! is 2 or 3 or 4 or 5 or 6 or 20), summary.SoftBounces);
        Assert.Equal(rows.Count(r => r.Complained), summary.Complaints);
        Assert.Equal(failed.GroupBy(r => (int)r.Reason!).ToDictionary(g => g.Key, g => (long)g.Count()), summary.FailuresByReason.ToDictionary(f => f.Reason, f => f.Count));

        Assert.Equal(Shares(rows, r => r.Provider ?? ""), summary.ByProvider!.ToDictionary(p => p.Provider ?? "", Tally));
        var byDomain = Shares(rows, r => r.Domain);
        Assert.True(byDomain.Count > 10_000);
        var listed = summary.ByDomain!.Where(d => d.Domain is not null).ToList();
        Assert.Equal(byDomain.OrderByDescending(d => d.Value.Relayed).ThenBy(d => d.Key, StringComparer.Ordinal).Take(50), listed.Select(d => KeyValuePair.Create(d.Domain!, Tally(d))));
        Assert.Equal(byDomain.Values.Aggregate((a, b) => a + b), summary.ByDomain!.Select(Tally).Aggregate((a, b) => a + b));

        Assert.Equal(Hours(rows.Select(r => r.Received)), Told(h => h.Relayed));
        Assert.Equal(Hours(rows.Where(r => r.State == MessageState.Delivered).Select(r => r.Finished!.Value)), Told(h => h.Delivered));
        Assert.Equal(Hours(failed.Select(r => r.Finished!.Value)), Told(h => h.Failed));
        Assert.Equal(Hours(rows.SelectMany(r => r.Deferrals)), Told(h => h.Deferred));

        var latencies = rows.Where(r => r.State == MessageState.Delivered).Select(r => r.MillisecondsToDeliver!.Value / 1000.0).Order().ToList();
        AssertPercentile(0.5, summary.TimeToDeliverSeconds!.P50);
        AssertPercentile(0.95, summary.TimeToDeliverSeconds.P95);
        AssertPercentile(0.99, summary.TimeToDeliverSeconds.P99);

        int Count(MessageState state) => rows.Count(r => r.State == state);

        Dictionary<DateTimeOffset, long> Told(Func<TimeShare, long> of) =>
            summary.ByHour!.Concat(summary.ByDay ?? []).Where(h => of(h) > 0).ToDictionary(h => h.Hour ?? h.Day!.Value, of);

        // What is no longer told by the hour is told by the day.
        Dictionary<DateTimeOffset, long> Hours(IEnumerable<DateTimeOffset> times)
        {
            var first = summary.ByHour![0].Hour!.Value;
            return times.GroupBy(t => t >= first ? new DateTimeOffset(t.UtcTicks - t.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero) : new DateTimeOffset(t.UtcDateTime.Date, TimeSpan.Zero))
                .ToDictionary(g => g.Key, g => (long)g.Count());
        }

        void AssertPercentile(double share, double told)
        {
            var exact = latencies[(int)Math.Ceiling(share * latencies.Count) - 1];
            Assert.InRange(told, exact * (1 - LatencyHistogram.RelativeError) - 0.001, exact * (1 + LatencyHistogram.RelativeError) + 0.001);
        }
    }

    private static Dictionary<string, MessageTally> Shares(List<MessageRow> rows, Func<MessageRow, string> by) =>
        rows.GroupBy(by, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Aggregate(default(MessageTally), (sum, row) => sum + row.Standing.Tally), StringComparer.Ordinal);

    private static MessageTally Tally(Share share) => new(share.Relayed, share.Delivered, share.Failed, share.Waiting, share.Deferred);

    private static async Task<List<MessageRow>> RecountAsync(BigDelivery big, CancellationToken cancellationToken)
    {
        var partitions = await Task.WhenAll(big.Delivery.Partitions.Select(p => big.Storage.Log
            .QueryAsync<Azure.Data.Tables.TableEntity>(LogKeys.RangeFilter(p.Key, LogKeys.MessagePrefix), cancellationToken: cancellationToken).Select(MessageRow.Read).ToListAsync(cancellationToken).AsTask()));
        return [.. partitions.SelectMany(p => p)];
    }
}
