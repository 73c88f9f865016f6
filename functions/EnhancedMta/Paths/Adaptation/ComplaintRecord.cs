namespace EnhancedMta.Paths.Adaptation;

/// <summary>Deliveries and complaints of this half day (numbered from Unix time) and the one before: complaints come hours after the message.</summary>
public sealed record ComplaintRecord(long HalfDay = 0, int Delivered = 0, int Complaints = 0, int DeliveredBefore = 0, int ComplaintsBefore = 0)
{
    /// <summary>Complaints are about messages from before the last objection until then, and not counted.</summary>
    public DateTimeOffset From { get; init; }

    internal int AllDelivered => Delivered + DeliveredBefore;

    internal int AllComplaints => Complaints + ComplaintsBefore;

    internal ComplaintRecord Add(int delivered, int complaints, DateTimeOffset now)
    {
        var halfDay = now.ToUnixTimeSeconds() / (12 * 3600);
        var turned = halfDay <= HalfDay ? this
            : halfDay == HalfDay + 1 ? this with { HalfDay = halfDay, Delivered = 0, Complaints = 0, DeliveredBefore = Delivered, ComplaintsBefore = Complaints }
            : new ComplaintRecord(halfDay) { From = From };
        return now < From ? turned : turned with { Delivered = turned.Delivered + delivered, Complaints = turned.Complaints + complaints };
    }
}
