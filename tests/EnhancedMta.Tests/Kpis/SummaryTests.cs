using EnhancedMta.Batches;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
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
