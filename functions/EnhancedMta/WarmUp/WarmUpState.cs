using System.Globalization;

namespace EnhancedMta.WarmUp;

/// <summary>How far an egress is with a provider. Pure: what a day becomes depends on its counts and the schedule alone.</summary>
public sealed record WarmUpState
{
    private const int MaxMoves = 40;

    /// <summary>Of the schedule, the first is 1.</summary>
    public int Day { get; init; } = 1;

    /// <summary>No budget any more: the last day went well, or somebody said so.</summary>
    public bool IsWarm { get; init; }

    /// <summary>The day of UTC that <see cref="Taken"/> and <see cref="Counts"/> are of.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Budget that processes took today; what they did not use and gave back is not in it.</summary>
    public int Taken { get; init; }

    public WarmUpCounts Counts { get; init; }

    /// <summary>Today's room that messages of yesterday wait for.</summary>
    public BookedRoom Booked { get; init; }

    /// <summary>Tomorrow's room that messages of today wait for.</summary>
    public BookedRoom BookedNext { get; init; }

    /// <summary>The IP; another one under the same public id starts over.</summary>
    public string? Address { get; init; }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<WarmUpMove> Moves { get; init; } = [];

    private int? Step => IsWarm ? null : Day;

    /// <summary>As it is on a day: days that ended are judged, days without mail change nothing.</summary>
    public WarmUpState At(DateOnly date, WarmUpSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (date <= Date || IsWarm)
            return date > Date ? this with { Date = date, Taken = 0, Counts = default, Booked = default, BookedNext = default } : this;
        var (step, why) = Judge(Day, Counts, schedule);
        var ended = this with
        {
            Day = step ?? Day,
            IsWarm = step is null,
            Date = date,
            Taken = 0,
            Counts = default,
            Booked = Date.AddDays(1) == date ? BookedNext : default,
            BookedNext = default,
        };
        // A day on which nobody wanted to send is not worth a line.
        return Counts.IsEmpty && Taken == 0 ? ended : ended.Moved(Date, Step, why, Counts);
    }

    /// <summary>What a day with these counts leads to.</summary>
    /// <returns>The next step, null for warm, and why.</returns>
    public static (int? Step, string Why) Judge(int day, WarmUpCounts counts, WarmUpSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var limits = schedule.Limits;
        var bad = Reached("deferred", counts.Deferred, counts.Answers, limits.Deferred)
            ?? Reached("blocked", counts.Blocked, counts.Answers, limits.Blocked)
            ?? Reached("complaints", counts.Complaints, counts.Delivered, limits.Complaints);
        if (bad is not null)
            return (Math.Max(1, day - 1), day > 1 ? $"back: {bad}" : $"not on: {bad}");
        var budget = schedule.BudgetOf(day);
        if (counts.Answers < budget * schedule.Enough)
            return (Math.Min(day, schedule.LastDay), Text($"not on: {counts.Answers} answers are less than {schedule.Enough:P0} of the day's {budget}"));
        var well = Text($"{counts.Answers} answers within the limits");
        return day >= schedule.LastDay ? (null, $"warm: {well} on the last day") : (day + 1, $"on: {well}");
    }

    /// <summary>Messages that may still be taken now. What is booked binds marketing only.</summary>
    public int Room(bool isUrgent, DateTimeOffset now, WarmUpSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (IsWarm)
            return int.MaxValue;
        var open = schedule.OpenTo(isUrgent, Day);
        return Math.Max(0, open - Taken - (isUrgent ? 0 : Booked.HeldBack(now.UtcDateTime.TimeOfDay, open)));
    }

    /// <summary>Takes as much as there is, up to <paramref name="wanted"/>.</summary>
    public (WarmUpState State, int Taken) Take(int wanted, bool isUrgent, DateTimeOffset now, WarmUpSchedule schedule)
    {
        if (IsWarm)
            return (this, wanted);
        var taken = Math.Min(wanted, Room(isUrgent, now, schedule));
        return taken == 0 ? (this, 0) : (this with { Taken = Taken + taken }, taken);
    }

    /// <summary>Budget that was not used.</summary>
    public WarmUpState GiveBack(int count) => this with { Taken = Math.Max(0, Taken - count) };

    /// <summary>Books what is left of the next free slot of tomorrow. Tomorrow may turn out larger; it is booked for what is known today.</summary>
    /// <returns>The slot and how many messages it takes; 0 when tomorrow is full.</returns>
    public (WarmUpState State, int Slot, int Count) Book(WarmUpSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var next = BookedNext.Count > 0 ? BookedNext : new BookedRoom(0, schedule.OpenTo(isUrgent: false, Day));
        if (next.IsFull)
            return (this, 0, 0);
        var (slot, count) = (next.NextSlot, next.LeftInSlot);
        return (this with { BookedNext = next with { Count = next.Count + count } }, slot, count);
    }

    /// <summary>What an operator says goes.</summary>
    /// <param name="day">Of the schedule; null for warm.</param>
    /// <param name="date">Today.</param>
    public WarmUpState Set(int? day, DateOnly date) =>
        (this with { Day = day ?? Day, IsWarm = day is null }).Moved(date, Step, "set by an operator", default);

    /// <summary>The public id may stand for another IP than it did: that one is cold.</summary>
    public WarmUpState WithAddress(string? address, DateOnly date)
    {
        if (address is null || address == Address)
            return this;
        if (Address is null)
            return this with { Address = address };
        return new WarmUpState { Date = date, Address = address, Moves = Moves }
            .Moved(date, Step, $"over: the IP was {Address} and is {address}", default);
    }

    private WarmUpState Moved(DateOnly date, int? from, string why, WarmUpCounts counts) =>
        this with { Moves = [new WarmUpMove(date, from, Step, why, counts), .. Moves.Take(MaxMoves - 1)] };

    private static string? Reached(string what, int count, int all, ShareLimit limit) =>
        limit.IsReached(count, all) ? Text($"{what} {(double)count / Math.Max(1, all):P2} ({count} of {all}), the limit is {limit.Share:P2}") : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
