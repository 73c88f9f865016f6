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
        var budget = Schedule.BudgetOf(day);
        Assert.Equal(budget, slots.Values.Sum());
        Assert.Equal(Math.Min(24, budget / 25), slots.Count);
        Assert.All(slots.Values, count => Assert.InRange(count, 1, state.BookedNext.PerSlot));
        // Not all at midnight.
        Assert.True(slots.Values.Max() <= (budget + slots.Count - 1) / slots.Count);
    }

    [Fact]
    public void Room_is_kept_for_those_who_booked_however_much_others_take()
    {
        // Day 2 after day 2: booked for 500, budget 500.
        var state = new WarmUpState { Date = Monday, Day = 2, Booked = new BookedRoom(500, 500) };
        var (first, others) = (0, 0);
        for (var slot = 0; slot < state.Booked.Slots; slot++)
        {
            var now = new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero) + state.Booked.SlotLength * slot;
            (state, var taken) = state.Take(state.Booked.PerSlot, now, Schedule);
            first += taken;
            (state, taken) = state.Take(10_000, now + state.Booked.SlotLength * 0.9, Schedule);
            others += taken;
        }
        Assert.Equal((500, 0), (first, others));
    }

    [Fact]
    public void What_is_not_fetched_is_everybody_s_in_its_time_and_a_day_without_bookings_is_free_from_the_start()
    {
        var state = new WarmUpState { Date = Monday, Day = 2, Booked = new BookedRoom(500, 500) };
        var midnight = new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero);
        Assert.Equal((25, 250, 500), (state.Room(midnight, Schedule), state.Room(midnight.AddHours(11.9), Schedule), state.Room(midnight.AddHours(23.9), Schedule)));
        Assert.Equal(500, (state with { Booked = default }).Room(midnight, Schedule));
    }

    [Fact]
    public void A_day_that_turned_out_smaller_is_opened_evenly()
    {
        // Booked for 5,000; a bad day made it 2,000.
        var state = new WarmUpState { Date = Monday, Day = 4, Booked = new BookedRoom(5_000, 5_000) };
        var midnight = new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero);
        var rooms = Enumerable.Range(0, 24).Select(hour => state.Room(midnight.AddHours(hour), Schedule)).ToList();
        Assert.Equal(2_000, rooms[^1]);
        Assert.All(rooms.Zip(rooms.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 83, 84));
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
