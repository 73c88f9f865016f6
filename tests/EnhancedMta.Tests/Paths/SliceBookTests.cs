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
