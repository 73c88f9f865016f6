using CsCheck;
using EnhancedMta.WarmUp;

namespace EnhancedMta.Tests.WarmUp;

public sealed class BookedRoomTests
{
    private static readonly WarmUpSchedule Schedule = WarmUpSchedule.BuiltIn;
    private static readonly DateOnly Monday = new(2026, 11, 23);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(12)]
    public void Tomorrow_is_booked_up_to_its_budget_slot_by_slot(int day)
    {
        var state = new WarmUpState { Date = Monday, Day = day };
        var slots = new SortedDictionary<int, int>();
        while (true)
        {
            (state, var slot, var count) = state.Book(Schedule);
            if (count == 0)
                break;
            slots[slot] = slots.GetValueOrDefault(slot) + count;
        }
        var budget = Schedule.OpenTo(isUrgent: false, day);
        Assert.Equal(budget, slots.Values.Sum());
        Assert.Equal(Math.Min(24, budget / 25), slots.Count);
        Assert.All(slots.Values, count => Assert.InRange(count, 1, state.BookedNext.PerSlot));
        // Not all at midnight.
        Assert.True(slots.Values.Max() <= (budget + slots.Count - 1) / slots.Count);
    }

    [Fact]
    public void Room_is_kept_for_those_who_booked_however_much_others_take()
    {
        // Day 2 after day 2: of 500, 450 are marketing's, and all are booked.
        var state = new WarmUpState { Date = Monday, Day = 2, Booked = new BookedRoom(450, 450) };
        var (first, others) = (0, 0);
        for (var slot = 0; slot < state.Booked.Slots; slot++)
        {
            var now = new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero) + state.Booked.SlotLength * slot;
            (state, var taken) = state.Take(state.Booked.PerSlot, false, now, Schedule);
            first += taken;
            (state, taken) = state.Take(10_000, false, now + state.Booked.SlotLength * 0.9, Schedule);
            others += taken;
        }
        Assert.Equal((450, 0), (first, others));
        Assert.Equal(50, state.Room(isUrgent: true, new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero), Schedule));
    }

    [Fact]
    public void What_is_not_fetched_is_everybody_s_in_its_time_and_a_day_without_bookings_is_free_from_the_start()
    {
        var state = new WarmUpState { Date = Monday, Day = 2, Booked = new BookedRoom(450, 450) };
        var midnight = new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero);
        Assert.Equal((25, 225, 450), (Room(0), Room(11.9), Room(23.9)));
        Assert.Equal(450, (state with { Booked = default }).Room(false, midnight, Schedule));

        int Room(double hour) => state.Room(false, midnight.AddHours(hour), Schedule);
    }

    [Fact]
    public void A_day_that_turned_out_smaller_is_opened_evenly()
    {
        // Booked for 4,500; a bad day made it 1,800.
        var state = new WarmUpState { Date = Monday, Day = 4, Booked = new BookedRoom(4_500, 4_500) };
        var midnight = new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero);
        var rooms = Enumerable.Range(0, 24).Select(hour => state.Room(false, midnight.AddHours(hour), Schedule)).ToList();
        Assert.Equal(1_800, rooms[^1]);
        Assert.All(rooms.Zip(rooms.Skip(1)), pair => Assert.Equal(75, pair.Second - pair.First));
    }

    [Fact]
    public void Bookings_of_the_day_before_last_are_void()
    {
        var state = new WarmUpState { Date = Monday, Day = 2, BookedNext = new BookedRoom(300, 500), Taken = 1 };
        Assert.Equal(new BookedRoom(300, 500), state.At(Monday.AddDays(1), Schedule).Booked);
        Assert.Equal(default, state.At(Monday.AddDays(2), Schedule).Booked);
        Assert.Equal(default, state.At(Monday.AddDays(1), Schedule).BookedNext);
    }

    [Fact]
    public void The_last_slot_is_the_last()
    {
        var full = new BookedRoom(4_500, 4_500);
        Assert.Equal((true, 23, 23, 0), (full.IsFull, full.NextSlot, full.SlotAt(TimeSpan.FromDays(1)), full.SlotAt(TimeSpan.Zero)));
        Assert.False(new BookedRoom(4_499, 4_500).IsFull);
        // At midnight the first slot's own 25 are not held back.
        Assert.Equal(75, new BookedRoom(100, 450).HeldBack(TimeSpan.Zero, 450));
    }

    [Fact]
    public void What_is_held_back_only_shrinks_in_the_day_and_is_nothing_at_its_end() =>
        Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 20_000], Gen.Int[1, 20_000]).Sample((count, booked, budget) =>
        {
            var room = new BookedRoom(Math.Min(count, booked), booked);
            var held = Enumerable.Range(0, 48).Select(half => room.HeldBack(TimeSpan.FromMinutes(30 * half), budget)).ToList();
            Assert.All(held.Zip(held.Skip(1)), pair => Assert.True(pair.Second <= pair.First));
            Assert.InRange(held[0], 0, budget);
            Assert.Equal(0, held[^1]);
        });
}
