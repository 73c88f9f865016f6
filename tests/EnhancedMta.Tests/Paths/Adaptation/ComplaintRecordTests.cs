using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class ComplaintRecordTests
{
    private static readonly DateTimeOffset One = new(2026, 9, 7, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Half_a_day_and_the_one_before_it_count()
    {
        var record = new ComplaintRecord().Add(1_000, 1, One).Add(500, 2, One.AddHours(10));
        Assert.Equal((1_500, 3), (record.AllDelivered, record.AllComplaints));
        record = record.Add(200, 4, One.AddHours(12));
        Assert.Equal((200, 4, 1_500, 3), (record.Delivered, record.Complaints, record.DeliveredBefore, record.ComplaintsBefore));
        Assert.Equal((1_700, 7), (record.AllDelivered, record.AllComplaints));
        // A clock that is behind.
        record = record.Add(50, 1, One.AddHours(6));
        Assert.Equal((1_750, 8), (record.AllDelivered, record.AllComplaints));
        Assert.Equal((260, 5), record.Add(10, 0, One.AddHours(24)) is var next ? (next.AllDelivered, next.AllComplaints) : default);
        Assert.Equal((10, 0), record.Add(10, 0, One.AddHours(36)) is var later ? (later.AllDelivered, later.AllComplaints) : default);
    }

    [Fact]
    public void Complaints_about_what_was_sent_before_the_last_objection_do_not_count()
    {
        var record = new ComplaintRecord { From = One.AddHours(30) };
        record = record.Add(100, 10, One.AddHours(5)).Add(100, 10, One.AddHours(29));
        Assert.Equal((0, 0, One.AddHours(30)), (record.AllDelivered, record.AllComplaints, record.From));
        record = record.Add(100, 10, One.AddHours(30));
        Assert.Equal((100, 10), (record.AllDelivered, record.AllComplaints));
    }
}
