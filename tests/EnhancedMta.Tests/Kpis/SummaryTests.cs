using EnhancedMta.Batches;
using EnhancedMta.Breakdowns;
using EnhancedMta.Copies;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Kpis;

public sealed class SummaryTests
{
    [Fact]
    public void Success_starts_at_100_and_Delivered_at_0()
    {
        var summary = Summary.Of(Delivery(expected: 10), new Counters { Relayed = 10 });
        Assert.Equal((100.0, 0.0, 10L), (summary.SuccessPercent, summary.DeliveredPercent, summary.Queued));
        Assert.Equal(100, Summary.Of(Delivery(null), new Counters()).SuccessPercent);
    }

    [Fact]
    public void Success_does_not_rise_when_further_messages_of_the_declared_size_come()
    {
        var counters = new Counters { Relayed = 10, Failed = 1 };
        counters.Fail(CampaignReason.UserUnknown);
        var early = Summary.Of(Delivery(expected: 100), counters).SuccessPercent;
        counters.Relayed = 100;
        Assert.Equal((99.0, 99.0), (early, Summary.Of(Delivery(expected: 100), counters).SuccessPercent));
    }

    [Fact]
    public void A_stopped_delivery_delivers_no_more_than_was_relayed()
    {
        var summary = Summary.Of(Delivery(expected: 100) with { Stopped = true }, new Counters { Relayed = 40, Delivered = 40 });
        Assert.Equal((40L, 100.0), (summary.ToDeliver, summary.DeliveredPercent));
    }

    [Fact]
    public void Failures_are_counted_by_reason_of_errors_and_of_processed()
    {
        var counters = new Counters { Relayed = 20, Failed = 4 };
        counters.Fail(CampaignReason.UserUnknown, 3);
        counters.Fail(CampaignReason.MailboxFull);
        var failures = Summary.Of(Delivery(null), counters).FailuresByReason;
        Assert.Equal(
            [new FailureCount(1, "User unknown", 3, 75, 15), new FailureCount(5, "Mailbox full", 1, 25, 5)],
            failures);
    }

    [Fact]
    public void Every_figure_of_a_delivery_is_the_one_that_was_counted()
    {
        var counters = new Counters { Relayed = 100, Delivered = 50, Failed = 21, Waiting = 5, SoftBounced = 17, Retried = 19, Expired = 3, PossibleRepeats = 6, Complaints = 7 };
        var summary = Summary.Of(Delivery(expected: 200), counters);
        Assert.Equal((200, 100, 79, 21, 50), (summary.ToDeliver, summary.Relayed, summary.Sent, summary.Failed, summary.Delivered));
        Assert.Equal((89.5, 25.0), (summary.SuccessPercent, summary.DeliveredPercent));
        // Open are 29; what waits for a retry is not queued any more.
        Assert.Equal((24, 5), (summary.Queued, summary.WaitingForRetry));
        Assert.Equal((17, 19, 3, 6, 7), (summary.SoftBounced, summary.Retried, summary.Expired, summary.PossibleRepeats, summary.Complaints));
        Assert.Null(summary.Copies);
        Assert.Null(summary.TimeToDeliverSeconds);
    }

    [Fact]
    public void A_stopped_delivery_that_relayed_nothing_is_a_full_success() =>
        Assert.Equal((0L, 100.0, 0.0), Summary.Of(Delivery(expected: 100) with { Stopped = true }, new Counters()) is var summary
            ? (summary.ToDeliver, summary.SuccessPercent, summary.DeliveredPercent) : default);

    /// <summary>Campaign's own definitions of the two indicators.</summary>
    [Theory]
    [InlineData(CampaignReason.UserUnknown, 1, 0)]
    [InlineData(CampaignReason.InvalidDomain, 0, 1)]
    [InlineData(CampaignReason.Unreachable, 0, 1)]
    [InlineData(CampaignReason.AccountDisabled, 0, 1)]
    [InlineData(CampaignReason.MailboxFull, 0, 1)]
    [InlineData(CampaignReason.NotConnected, 0, 1)]
    [InlineData(CampaignReason.Refused, 0, 1)]
    [InlineData(CampaignReason.NotDefined, 0, 0)]
    [InlineData(CampaignReason.Denylisted, 0, 0)]
    [InlineData(CampaignReason.ErrorIgnored, 0, 0)]
    public void A_failure_is_a_hard_or_a_soft_bounce_by_its_reason(CampaignReason reason, int hard, int soft)
    {
        var counters = new Counters { Relayed = 1, Failed = 1 };
        counters.Fail(reason);
        Assert.Equal((hard, soft), Summary.Of(Delivery(null), counters) is var summary ? (summary.HardBounces, summary.SoftBounces) : default);
    }

    [Fact]
    public void Soft_bounces_are_those_of_all_their_reasons()
    {
        var counters = new Counters { Relayed = 9, Failed = 6 };
        counters.Fail(CampaignReason.InvalidDomain, 2);
        counters.Fail(CampaignReason.Refused, 3);
        counters.Fail(CampaignReason.UserUnknown, 1);
        Assert.Equal((1, 5), Summary.Of(Delivery(null), counters) is var summary ? (summary.HardBounces, summary.SoftBounces) : default);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 2)]
    [InlineData(3, 2)]
    public void Copies_are_told_beside_the_KPIs(int sent, int failed) =>
        Assert.Equal(new CopyCounts(sent, failed), Summary.Of(Delivery(null), new Counters { CopiesSent = sent, CopiesFailed = failed }).Copies);

    [Fact]
    public void Times_to_deliver_are_told_in_seconds()
    {
        var counters = new Counters { Relayed = 100, Delivered = 100 };
        for (var n = 1; n <= 100; n++)
            counters.Breakdown.TimeToDeliver.Add(n * 1_000);
        var times = Summary.Of(Delivery(null), counters).TimeToDeliverSeconds!;
        Assert.InRange(times.P50, 48, 52);
        Assert.InRange(times.P95, 92, 98);
        Assert.InRange(times.P99, 96, 102);
        Assert.Equal(times, new TimeToDeliver(Math.Round(times.P50, 3), Math.Round(times.P95, 3), Math.Round(times.P99, 3)));
    }

    [Fact]
    public void Providers_come_by_size_with_what_has_none_yet_among_them()
    {
        var counters = new Counters { Relayed = 60, Delivered = 20, Failed = 6, Waiting = 4 };
        counters.Breakdown.AddProvider("google", new MessageTally(10, 5, 1, 2, 3));
        counters.Breakdown.AddProvider("orange", new MessageTally(30, 12, 3, 1, 4));
        counters.Breakdown.TimeLine.Add(Hour, new HourTally(60, 20, 6, 9));
        var shares = Summary.Of(Delivery(null), counters).With(counters, null, null).ByProvider!;
        Assert.Equal(["orange", null, "google"], shares.Select(s => s.Provider));
        Assert.Equal((20, 3, 2, 1, 2), (shares[1].Relayed, shares[1].Delivered, shares[1].Failed, shares[1].Waiting, shares[1].Deferred));
        Assert.Equal((90.0, 40.0), (shares[0].SuccessPercent, shares[0].DeliveredPercent));
        Assert.Equal((90.0, 50.0), (shares[2].SuccessPercent, shares[2].DeliveredPercent));
    }

    [Fact]
    public void Nothing_without_a_provider_is_no_line()
    {
        var counters = new Counters { Relayed = 10 };
        counters.Breakdown.AddProvider("google", new MessageTally(10, 0, 0, 0, 0));
        Assert.Equal("google", Assert.Single(Summary.Of(Delivery(null), counters).With(counters, null, null).ByProvider!).Provider);
    }

    [Fact]
    public void A_provider_whose_messages_all_left_it_is_a_full_success() =>
        Assert.Equal((100.0, 0.0), Share.Of(null, "google", new MessageTally(0, 0, 0, 0, 3)) is var share ? (share.SuccessPercent, share.DeliveredPercent) : default);

    [Fact]
    public void Smaller_domains_are_one_line_without_a_name_and_the_last()
    {
        var domains = new DomainTallies();
        for (var n = 1; n <= DomainRanking.Listed + 2; n++)
            domains.Add($"d{n}.example", "others", new MessageTally(n, 0, 1, 0, 0));
        var bucket = new DomainBucket(0, FeedCursor.None);
        foreach (var (domain, tally) in domains.Domains)
            bucket.Add(domain, tally);
        var asOf = Hour.AddMinutes(3);
        var counters = new Counters();
        var summary = Summary.Of(Delivery(null), counters).With(counters, DomainRanking.Of([bucket], FeedCursor.None, asOf, default), asOf);
        Assert.Equal(DomainRanking.Listed + 1, summary.ByDomain!.Count);
        Assert.Equal(("d52.example", "others", 52), (summary.ByDomain[0].Domain, summary.ByDomain[0].Provider, summary.ByDomain[0].Relayed));
        Assert.Equal((null, null, 3, 2), (summary.ByDomain[^1].Domain, summary.ByDomain[^1].Provider, summary.ByDomain[^1].Relayed, summary.ByDomain[^1].Failed));
        Assert.Equal(asOf, summary.AsOf);

        var few = new DomainBucket(0, FeedCursor.None);
        few.Add("d1.example", new DomainTally("others", new MessageTally(1, 0, 0, 0, 0)));
        Assert.Equal("d1.example", Assert.Single(summary.With(counters, DomainRanking.Of([few], FeedCursor.None, asOf, default), null).ByDomain!).Domain);
        Assert.Empty(summary.With(counters, null, null).ByDomain!);
    }

    [Fact]
    public void Hours_are_told_one_by_one_then_days_then_the_sum_of_what_is_older()
    {
        var counters = new Counters();
        counters.Breakdown.TimeLine.Add(Hour, new HourTally(1, 2, 3, 4));
        var young = Summary.Of(Delivery(null), counters).With(counters, null, null);
        Assert.Equal(new TimeShare(Hour, null, 1, 2, 3, 4), Assert.Single(young.ByHour!));
        Assert.Null(young.ByDay);

        for (var hour = 1; hour <= 24 * 10; hour++)
            counters.Breakdown.TimeLine.Add(Hour.AddHours(hour), new HourTally(1, 0, 0, 0));
        var days = Summary.Of(Delivery(null), counters).With(counters, null, null).ByDay!;
        Assert.Equal(new TimeShare(null, Hour.AddHours(-9), 15, 2, 3, 4), days[0]);

        for (var hour = 24 * 10; hour < 24 * 300; hour++)
            counters.Breakdown.TimeLine.Add(Hour.AddHours(hour), new HourTally(1, 0, 0, 0));
        var old = Summary.Of(Delivery(null), counters).With(counters, null, null);
        Assert.Equal((null, null, 2), (old.ByDay![0].Hour, old.ByDay[0].Day, old.ByDay[0].Delivered));
        Assert.All(old.ByDay.Skip(1), day => Assert.NotNull(day.Day));
    }

    private static readonly DateTimeOffset Hour = new(2026, 1, 1, 9, 0, 0, TimeSpan.Zero);

    private static Delivery Delivery(long? expected) => new()
    {
        Id = "d",
        Validity = TimeSpan.FromHours(84),
        Lane = Lane.Marketing,
        ExpectedSize = expected,
        Shards = 1,
        Declared = DateTimeOffset.UnixEpoch,
    };
}
