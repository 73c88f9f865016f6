namespace EnhancedMta.WarmUp;

/// <summary>
/// Room of a day's budget that messages of the day before wait for, spread over the day: so many messages at a time that they still wait in
/// batches, and so few that they do not all come at midnight.
/// </summary>
/// <param name="Count">Messages.</param>
/// <param name="Budget">Marketing's of the day, as far as was known when the first was booked.</param>
public readonly record struct BookedRoom(int Count, int Budget)
{
    private const int LeastPerSlot = 25;
    private const int MostSlots = 24;

    /// <summary>Times of the day at which messages come.</summary>
    public int Slots => Math.Clamp(Budget / LeastPerSlot, 1, MostSlots);

    public int PerSlot => (Budget + Slots - 1) / Slots;

    public TimeSpan SlotLength => TimeSpan.FromDays(1) / Slots;

    public bool IsFull => Count >= Budget;

    /// <summary>The slot in which the next message comes.</summary>
    public int NextSlot => Math.Min(Count / PerSlot, Slots - 1);

    /// <summary>Messages that the next slot still takes.</summary>
    public int LeftInSlot => Math.Min(Budget, (NextSlot + 1) * PerSlot) - Count;

    public int SlotAt(TimeSpan timeOfDay) => Math.Clamp((int)(timeOfDay / SlotLength), 0, Slots - 1);

    /// <summary>
    /// What of a budget has to be left alone for those that come later in the day. Never more than the share of the day that is left: a day
    /// that turned out smaller than it was booked for is theirs and everybody's in equal measure.
    /// </summary>
    /// <param name="timeOfDay">Now.</param>
    /// <param name="budget">Marketing's of the day as it turned out.</param>
    public int HeldBack(TimeSpan timeOfDay, int budget)
    {
        if (Count == 0)
            return 0;
        var next = SlotAt(timeOfDay) + 1;
        return Math.Min(Math.Max(0, Count - next * PerSlot), (int)((long)budget * (Slots - next) / Slots));
    }
}
