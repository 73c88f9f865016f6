using EnhancedMta.Feedback;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Feedback;

/// <summary>A page that loses a recipient's words keeps all that others rely on.</summary>
public sealed class FeedPageTests
{
    [Fact]
    public void Without_touches_the_chosen_events_and_neither_transaction_nor_time()
    {
        var time = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
        var events = Enumerable.Range(0, 96).Select(n => new DeliveryEvent { Type = DeliveryEventType.Hard, MessageId = $"m{n}", Reply = new string('x', 1_000), Address = "a@b.example" }).ToList();
        var page = FeedPage.ToRow(new LogPartition("d", 0), 7, "tx", time, events);
        page.Add("Later", "a column of somebody else's");
        Assert.Null(FeedPage.Without(page, e => e.MessageId == "none", e => e));

        var erased = FeedPage.Without(page, e => e.MessageId is not "m5", e => e with { Reply = null, Address = null })!;
        Assert.Equal(("tx", "a column of somebody else's", page.RowKey), (FeedPage.TransactionOf(erased), erased.GetString("Later"), erased.RowKey));
        var left = FeedPage.Read(erased);
        Assert.Equal(events.Select(e => (e.MessageId, (DateTimeOffset?)time)), left.Select(e => (e.MessageId, e.Time)));
        Assert.Equal("m5", Assert.Single(left, e => e.Reply is not null || e.Address is not null).MessageId);
    }
}
