using CsCheck;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Tests.Paths;

/// <summary>Messages per hour in slices of five minutes, shared by deliveries.</summary>
public sealed class SliceBookTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Never = Noon.AddDays(4);
    private static readonly Party Large = Party.Of("large", false);
    private static readonly Party Small = Party.Of("small", false);
    private static readonly Party Urgent = Party.Of("urgent", true);

    [Fact]
    public void A_slice_takes_no_more_than_its_limit()
    {
        var book = new SliceBook();
        Assert.Equal(60, book.Take(Noon, 100, Large, 60));
        Assert.Equal(40, book.Take(Noon.AddMinutes(1), 100, Large, 60));
        Assert.Equal(0, book.Take(Noon.AddMinutes(4), 100, Large, 1));
        Assert.Equal(100, book.Take(Noon.AddMinutes(5), 100, Large, 1_000));
    }

    [Fact]
    public void Urgent_mail_takes_room_over_and_the_slice_is_as_full_as_before()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 70);
        book.Take(Noon, 100, Small, 30);
        Assert.Equal(0, book.Take(Noon.AddMinutes(2), 100, Urgent, 20));
        Assert.Equal(20, book.TakeOver(Noon.AddMinutes(2), Urgent, 20));
        Assert.Equal((100, 80), (book.Used(Slice.At(Noon)), book.UsedByUsual(Slice.At(Noon))));
        Assert.Equal(0, book.Take(Noon.AddMinutes(2), 100, Small, 1));
        // No more than there is; what urgent mail used is nobody's.
        Assert.Equal(80, book.TakeOver(Noon.AddMinutes(2), Urgent, 90));
        Assert.Equal((0, 0), (book.UsedByUsual(Slice.At(Noon)), book.TakeOver(Noon.AddMinutes(2), Party.Of("urgent too", true), 1)));
        Assert.Equal(0, book.TakeOver(Noon.AddMinutes(5), Urgent, 1));
        Assert.Equal(0, book.Used(Slice.At(Noon)));
    }

    [Fact]
    public void Urgent_mail_takes_over_from_those_first_that_have_most()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Small, 30);
        book.Take(Noon, 100, Large, 70);
        book.TakeOver(Noon, Urgent, 50);
        // Large has 20 left of its own.
        book.GiveBack(Slice.At(Noon), Large, 100);
        Assert.Equal(80, book.Used(Slice.At(Noon)));
    }

    [Theory]
    [InlineData(10_000, 833, 833)]
    [InlineData(12, 1, 1)]
    [InlineData(60, 5, 5)]
    [InlineData(6, 0, 1)]
    [InlineData(1, 0, 1)]
    public void An_hour_is_cut_in_twelve(int hourly, int least, int most)
    {
        var shares = Enumerable.Range(0, 12).Select(i => (Slice.At(Noon) + i).ShareOf(hourly)).ToList();
        Assert.Equal((least, most), (shares.Min(), shares.Max()));
        Assert.InRange(shares.Sum(), hourly - 11, hourly);
    }

    [Fact]
    public void What_finds_no_room_is_planned_for_the_next_slices_and_spread_over_their_first_minutes()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 100);
        var planned = book.Plan(Noon, _ => 100, Large, 250, Never);
        Assert.Equal([(Noon.AddMinutes(5), 100), (Noon.AddMinutes(10), 100), (Noon.AddMinutes(15), 50)], planned.Select(p => (p.Due, p.Count)));
        // 50 of 100 are spoken for: half of four minutes later.
        Assert.Equal([(Noon.AddMinutes(17), 50), (Noon.AddMinutes(20), 10)], book.Plan(Noon, _ => 100, Large, 60, Never).Select(p => (p.Due, p.Count)));
    }

    [Fact]
    public void What_lacks_only_connections_plans_for_the_slice_that_is_now_as_far_as_it_is_free()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 30);
        Assert.Equal(50, book.PlanHere(Noon, 100, Large, 50));
        Assert.Equal(20, book.PlanHere(Noon, 100, Small, 50));
        Assert.Equal(0, book.PlanHere(Noon, 100, Small, 50));
        Assert.Equal(50, book.Take(Noon.AddMinutes(1), 100, Large, 50, returning: 50));
        Assert.Equal(20, book.Take(Noon.AddMinutes(1), 100, Small, 20, returning: 20));
        Assert.Equal(0, book.Take(Noon.AddMinutes(1), 100, Small, 1));
    }

    [Fact]
    public void Who_comes_back_in_its_slice_has_room_before_newcomers()
    {
        var book = new SliceBook();
        book.Plan(Noon, _ => 100, Large, 80, Never);
        var next = Noon.AddMinutes(5);
        Assert.Equal(20, book.Take(next, 100, Large, 100));
        Assert.Equal(80, book.Take(next.AddMinutes(2), 100, Large, 80, returning: 80));
    }

    [Fact]
    public void In_the_last_minute_room_goes_to_whoever_is_there()
    {
        var book = new SliceBook();
        book.Plan(Noon, _ => 100, Large, 80, Never);
        Assert.Equal(100, book.Take(Noon.AddMinutes(9), 100, Small, 100));
    }

    [Fact]
    public void An_urgent_delivery_waits_for_no_other()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 100);
        book.Plan(Noon, _ => 100, Large, 50_000, Never);
        Assert.Equal([(Noon.AddMinutes(5), 30)], book.Plan(Noon.AddMinutes(1), _ => 100, Urgent, 30, Never).Select(p => (p.Due, p.Count)));
        var next = Noon.AddMinutes(5);
        Assert.Equal(30, book.Take(next, 100, Urgent, 30, returning: 30));
        // Those whose room it took plan anew, in the first slice that has any.
        Assert.Equal(70, book.Take(next, 100, Large, 100, returning: 100));
        Assert.Equal(Noon.AddMinutes(5 * 501), book.Plan(next, _ => 100, Large, 30, Never).Single().Slice.Start);
    }

    [Fact]
    public void An_urgent_newcomer_takes_the_room_that_others_planned()
    {
        var book = new SliceBook();
        book.Plan(Noon, _ => 100, Large, 500, Never);
        Assert.Equal(100, book.Take(Noon.AddMinutes(5), 100, Urgent, 120));
    }

    [Fact]
    public void A_small_delivery_shares_each_slice_with_a_large_one_instead_of_waiting_for_its_last_message()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 100);
        book.Plan(Noon, _ => 100, Large, 10_000, Never);
        Assert.Equal([(Noon.AddMinutes(5), 50), (Noon.AddMinutes(10), 30)], book.Plan(Noon, _ => 100, Small, 80, Never).Select(p => (p.Slice.Start, p.Count)));
        var next = Noon.AddMinutes(5);
        // The large one comes first and yet leaves the small one its room.
        Assert.Equal(50, book.Take(next, 100, Large, 100, returning: 100));
        Assert.Equal(50, book.Take(next, 100, Small, 50, returning: 50));
    }

    [Fact]
    public void What_cannot_go_before_it_expires_is_not_planned()
    {
        var book = new SliceBook();
        Assert.Equal(200, book.Plan(Noon, _ => 100, Large, 500, Noon.AddMinutes(15)).Sum(p => p.Count));
    }

    [Fact]
    public void A_book_is_kept_as_it_is()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 70);
        book.Take(Noon, 100, Urgent, 5);
        book.Plan(Noon, _ => 100, Large, 500, Never);
        var read = SliceBook.Parse(book.ToBytes());
        Assert.Equal(book.ToBytes(), read.ToBytes());
        Assert.Equal((75, 100), (read.Used(Slice.At(Noon)), read.Planned(Slice.At(Noon) + 1)));
        Assert.Equal(25, read.Take(Noon, 100, Small, 100));
    }

    [Fact]
    public void A_backlog_of_three_and_a_half_days_fits_a_row()
    {
        var book = new SliceBook();
        for (var party = 0; party < 40; party++)
            book.Plan(Noon, _ => 50, Party.Of($"delivery {party}", party % 10 == 0), 20_000, Noon.AddHours(84));
        // A binary property takes 64 KiB.
        Assert.InRange(book.ToBytes().Length, 1, 65_536);
    }

    [Fact]
    public void Four_minutes_of_a_slice_are_kept_for_those_who_planned()
    {
        var book = new SliceBook();
        book.Plan(Noon, _ => 100, Large, 80, Never);
        Assert.Equal(50, book.Take(Noon.AddMinutes(9).AddTicks(-1), 100, Small, 100));
        Assert.Equal(50, book.Take(Noon.AddMinutes(9), 100, Small, 100));
    }

    [Fact]
    public void What_will_not_come_gives_up_its_place_and_no_more_than_it_has()
    {
        var book = new SliceBook();
        var next = Slice.At(Noon) + 1;
        book.Plan(Noon, _ => 100, Large, 180, Never);
        book.GiveUp(next, Large, 30);
        Assert.Equal((70, 80), (book.Planned(next), book.Planned(next + 1)));
        book.GiveUp(next, Large, 90);
        book.GiveUp(next, Small, 5);
        book.GiveUp(next + 7, Large, 5);
        Assert.Equal((0, 80), (book.Planned(next), book.AllPlanned));
        Assert.Equal(100, book.Take(Noon.AddMinutes(5), 100, Small, 200));
    }

    [Fact]
    public void Room_that_was_not_used_is_there_again_and_no_more_than_was_taken()
    {
        var book = new SliceBook();
        var slice = Slice.At(Noon);
        book.Take(Noon, 100, Large, 90);
        book.GiveBack(slice, Large, 30);
        Assert.Equal(60, book.Used(slice));
        book.GiveBack(slice, Small, 10);
        book.GiveBack(slice + 1, Large, 10);
        Assert.Equal(60, book.Used(slice));
        book.GiveBack(slice, Large, 500);
        Assert.Equal(0, book.Used(slice));
        Assert.Equal(100, book.Take(Noon, 100, Small, 300));
    }

    [Fact]
    public void It_tells_what_waits_and_until_when()
    {
        var book = new SliceBook();
        Assert.Equal((0, null, (0, null)), (book.AllPlanned, book.LastPlanned, book.PlannedOf(Large)));
        Assert.True(book.IsEmpty);
        book.Plan(Noon, _ => 100, Large, 250, Never);
        book.Plan(Noon, _ => 100, Small, 120, Never);
        Assert.False(book.IsEmpty);
        var first = Slice.At(Noon) + 1;
        Assert.Equal((250, (Slice?)(first + 2)), book.PlannedOf(Large));
        Assert.Equal((120, (Slice?)(first + 2)), book.PlannedOf(Small));
        Assert.Equal((370, (Slice?)(first + 2)), (book.AllPlanned, book.LastPlanned));
        Assert.Equal((0, null), book.PlannedOf(Urgent));
        // A slice whose plans were all given up is not the last.
        book.GiveUp(first + 2, Large, 50);
        book.GiveUp(first + 2, Small, 100);
        Assert.Equal((200, (Slice?)(first + 1)), book.PlannedOf(Large));
        Assert.Equal(first + 1, book.LastPlanned);
    }

    [Fact]
    public void What_is_past_is_forgotten()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 60);
        book.Plan(Noon, _ => 100, Large, 60, Never);
        Assert.Equal(0, book.PlanHere(Noon.AddMinutes(10), 0, Large, 1));
        Assert.True(book.IsEmpty);
        Assert.Equal((0, 0), (book.Used(Slice.At(Noon)), book.AllPlanned));
    }

    /// <summary>A batch that meets a path with plenty of room asks once for what comes right after it, too.</summary>
    [Fact]
    public void Something_to_spare_is_given_only_where_nobody_else_waits()
    {
        Assert.Equal(13, new SliceBook().Take(Noon, 100, Large, 10, spare: 3));
        // A sixteenth of the 90 that are left.
        Assert.Equal(15, new SliceBook().Take(Noon, 100, Large, 10, spare: 50));
        Assert.Equal(10, new SliceBook().Take(Noon, 10, Large, 20, spare: 50));
        var book = new SliceBook();
        book.PlanHere(Noon, 100, Small, 1);
        Assert.Equal(10, book.Take(Noon, 100, Large, 10, spare: 50));
        Assert.Equal(10, book.Used(Slice.At(Noon)));
        var spared = new SliceBook();
        spared.Take(Noon, 100, Large, 10, spare: 50);
        Assert.Equal(15, spared.Used(Slice.At(Noon)));
    }

    [Fact]
    public void Asking_for_nothing_or_in_vain_leaves_no_trace()
    {
        var book = new SliceBook();
        Assert.Equal(0, book.Take(Noon, 0, Large, 10));
        Assert.Equal(0, book.Take(Noon, 100, Large, 0));
        Assert.Equal(0, book.Take(Noon, -5, Large, 3));
        Assert.Equal((0, 0), (book.Used(Slice.At(Noon)), book.Planned(Slice.At(Noon))));
        Assert.Equal(100, book.Take(Noon, 100, Small, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => book.Take(Noon, 100, Large, -1));
    }

    [Fact]
    public void A_book_of_another_format_is_an_empty_one()
    {
        var book = new SliceBook();
        book.Take(Noon, 100, Large, 10);
        byte[] other = [2, .. book.ToBytes()[1..]];
        Assert.True(SliceBook.Parse(other).IsEmpty);
        Assert.True(SliceBook.Parse(null).IsEmpty);
        Assert.True(SliceBook.Parse([]).IsEmpty);
        Assert.True(SliceBook.Parse([1]).IsEmpty);
    }

    [Fact]
    public void Urgent_deliveries_share_equally_among_themselves()
    {
        var (one, two) = (Party.Of("one", true), Party.Of("two", true));
        var book = new SliceBook();
        Assert.Equal([100, 20], book.Plan(Noon, _ => 100, one, 120, Never).Select(p => p.Count));
        Assert.Equal([(Noon.AddMinutes(5), 50), (Noon.AddMinutes(10), 30)], book.Plan(Noon, _ => 100, two, 80, Never).Select(p => (p.Due, p.Count)));
        var next = Noon.AddMinutes(5);
        Assert.Equal(50, book.Take(next, 100, one, 100, returning: 100));
        Assert.Equal(50, book.Take(next, 100, two, 50, returning: 50));
        // Behind them, others have what is left of each slice.
        Assert.Equal(Noon.AddMinutes(10), book.Plan(Noon, _ => 100, Large, 10, Never)[0].Slice.Start);
    }

    [Fact]
    public void Parties_beyond_eight_count_as_one_of_their_kind()
    {
        var book = new SliceBook();
        for (var n = 0; n < 12; n++)
            Assert.Equal(5, book.Take(Noon, 1_000, Party.Of($"p{n}", false), 5));
        Assert.Equal(3, book.Take(Noon, 1_000, Urgent, 3));
        Assert.Equal(2, book.Take(Noon, 1_000, Party.Of("urgent too", true), 2));
        Assert.Equal(65, book.Used(Slice.At(Noon)));
        var octets = book.ToBytes().Length;
        for (var n = 12; n < 40; n++)
            book.Take(Noon, 1_000, Party.Of($"p{n}", n % 2 == 0), 1);
        Assert.Equal((93, octets), (book.Used(Slice.At(Noon)), book.ToBytes().Length));
    }

    [Fact]
    public void A_day_ahead_parties_are_no_longer_told_apart()
    {
        var book = new SliceBook();
        book.Plan(Noon, slice => slice == Slice.At(Noon) + 300 || slice == Slice.At(Noon) + 301 ? 10 : 0, Large, 10, Never);
        book.Plan(Noon, slice => slice == Slice.At(Noon) + 301 ? 20 : 0, Large, 5, Never);
        book.Plan(Noon, slice => slice == Slice.At(Noon) + 300 || slice == Slice.At(Noon) + 301 ? 20 : 0, Small, 20, Never);
        Assert.Equal((10, 10), (book.PlannedOf(Small).Count, book.Planned(Slice.At(Noon) + 300) - 10));
        Assert.Equal(15, book.Planned(Slice.At(Noon) + 301));
    }

    /// <summary>Any parties, any demands, at any moments: no slice over its limit, and no room left while there is demand.</summary>
    [Fact]
    public void No_slice_is_ever_over_its_limit_and_none_is_left_empty_while_there_is_work()
    {
        var demand = Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[1, 200], Gen.Int[0, 55], Gen.Bool);
        Gen.Select(demand.List[1, 40], Gen.Int[5, 150]).Sample((demands, limit) =>
        {
            var book = new SliceBook();
            var used = new Dictionary<Slice, int>();
            var back = new List<(PlannedRoom Room, Party Party)>();
            var now = Noon;
            foreach (var (who, urgent, count, seconds, late) in demands)
            {
                now = now.AddSeconds(seconds);
                ComeBack(now);
                Ask(now, Party.Of($"{who}", urgent), count, 0);
            }

            // Nothing new comes: what is planned goes, at the latest in the slices that it takes.
            var (turns, enough) = (0, 20 * (10 + (demands.Sum(d => d.Item3) / limit)));
            while (back.Count > 0)
            {
                Assert.InRange(turns++, 0, enough);
                now = back.Min(b => b.Room.Due) is var due && due > now ? due : now.AddSeconds(1);
                ComeBack(now);
            }

            Assert.All(used, u => Assert.InRange(u.Value, 0, limit));
            // While there is work, 95 % of what is allowed is used.
            var last = used.Keys.Max(s => s.Number);
            var busy = used.Where(u => u.Key.Number < last && u.Key.Number > Slice.At(Noon.AddHours(1)).Number).ToList();
            Assert.InRange(busy.Sum(u => limit - u.Value), 0, limit + (0.05 * limit * busy.Count));

            void ComeBack(DateTimeOffset at)
            {
                foreach (var come in back.Where(b => b.Room.Due <= at).ToList())
                {
                    back.Remove(come);
                    Ask(at, come.Party, come.Room.Count, come.Room.Slice == Slice.At(at) ? come.Room.Count : 0);
                }
            }

            void Ask(DateTimeOffset at, Party party, int count, int returning)
            {
                var granted = book.Take(at, limit, party, count, returning);
                Assert.InRange(granted, 0, count);
                used[Slice.At(at)] = used.GetValueOrDefault(Slice.At(at)) + granted;
                var planned = book.Plan(at, _ => limit, party, count - granted, at.AddDays(10));
                Assert.Equal(count - granted, planned.Sum(p => p.Count));
                back.AddRange(planned.Select(p => (p, party)));
            }
        }, iter: 150);
    }
}
