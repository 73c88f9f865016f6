using EnhancedMta.Breakdowns;

namespace EnhancedMta.Tests.Breakdowns;

public sealed class TimeLineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 7, 30, 0, TimeSpan.Zero);
    private static readonly HourTally One = new(1, 0, 0, 0);

    [Fact]
    public void A_delivery_of_two_years_takes_no_more_room_than_one_of_months_and_loses_nothing()
    {
        var line = new TimeLine();
        for (var hour = 0; hour < 2 * 365 * 24; hour++)
            line.Add(Start.AddHours(hour), One);

        Assert.Equal(2 * 365 * 24, line.Total.Relayed);
        Assert.InRange(line.Hours.Count(), TimeLine.LeastHours, TimeLine.LeastHours + 24);
        Assert.InRange(line.Days.Count(), TimeLine.LeastDays, TimeLine.LeastDays + 30);
        Assert.InRange(line.ToBytes().Length, 1, 2_000);
        // Whole days, each of them once, and the hours right after them.
        Assert.All(line.Days, d => Assert.Equal(24, d.Counts.Relayed));
        Assert.Equal(line.Days.Last().Day.AddDays(1), line.Hours.First().Hour);
    }

    [Fact]
    public void A_change_to_an_hour_long_past_is_made_where_that_hour_is_counted_now()
    {
        var line = new TimeLine();
        for (var hour = 0; hour < 200 * 24; hour++)
            line.Add(Start.AddHours(hour), new HourTally(0, 1, 0, 0));
        var total = line.Total.Delivered;
        var bounce = new HourTally(0, -1, 1, 0);

        line.Add(Start, bounce);
        Assert.Equal(1, line.Earlier.Failed);
        var day = line.Days.ElementAt(5).Day;
        line.Add(day.AddHours(13), bounce);
        Assert.Equal(new HourTally(0, 23, 1, 0), line.Days.Single(d => d.Day == day).Counts);
        line.Add(line.Hours.Last().Hour, bounce);
        Assert.Equal(new HourTally(0, 0, 1, 0), line.Hours.Last().Counts);
        Assert.Equal((total - 3, 3), (line.Total.Delivered, line.Total.Failed));
    }

    [Fact]
    public void Hours_are_told_one_by_one_up_to_five_days_and_then_by_whole_days()
    {
        var line = new TimeLine();
        Assert.True(line.IsEmpty);
        Assert.True(TimeLine.Parse([]).IsEmpty);
        var midnight = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var hour = 0; hour < 120; hour++)
        {
            line.Add(midnight.AddHours(hour), One);
            Assert.Equal((hour + 1, 0), (line.Hours.Count(), line.Days.Count()));
        }
        line.Add(midnight.AddHours(120), One);
        Assert.Equal((midnight.AddHours(24), midnight), (line.Hours.First().Hour, Assert.Single(line.Days).Day));

        // The first hour and the first day of those told count where they stand.
        line.Add(midnight.AddHours(24), One);
        line.Add(midnight, One);
        Assert.Equal((2, 25), (line.Hours.First().Counts.Relayed, line.Days.Single().Counts.Relayed));
        var (most, least) = (0, int.MaxValue);
        for (var hour = 121; hour < 400 * 24; hour++)
        {
            line.Add(midnight.AddHours(hour), One);
            most = Math.Max(most, line.Days.Count());
            least = line.Earlier == default ? least : Math.Min(least, line.Days.Count());
        }
        Assert.Equal((120, 90), (most, least));
        var (first, sum) = (line.Days.First(), line.Earlier.Relayed);
        line.Add(first.Day, One);
        Assert.Equal((25, sum), (line.Days.First().Counts.Relayed, line.Earlier.Relayed));
    }

    [Fact]
    public void What_is_taken_back_leaves_no_hour_behind()
    {
        var line = new TimeLine();
        line.Add(Start, One);
        line.Add(Start, new HourTally(-1, 0, 0, 0));
        Assert.Empty(line.Hours);
        Assert.True(line.IsEmpty);
    }

    [Fact]
    public void A_sum_is_told_as_coarsely_as_its_coarsest_part_and_never_finer_again()
    {
        var old = new TimeLine();
        for (var hour = 0; hour < 200 * 24; hour++)
            old.Add(Start.AddHours(hour), One);
        var young = new TimeLine();
        young.Add(Start, One);
        young.Add(old.Days.First().Day.AddHours(5), One);
        young.Add(old);
        Assert.Equal((old.Hours.First().Hour, old.Days.First().Day), (young.Hours.First().Hour, young.Days.First().Day));
        Assert.Equal((old.Earlier.Relayed + 1, 25), (young.Earlier.Relayed, young.Days.First().Counts.Relayed));

        var again = new TimeLine();
        again.Add(Start.AddHours(3), One);
        young.Add(again);
        young.FoldLike(new TimeLine());
        young.Add(Start, new HourTally(0, 0, 1, 0));
        Assert.Equal((old.Earlier.Relayed + 2, 1), (young.Earlier.Relayed, young.Earlier.Failed));
        Assert.Equal(old.Days.First().Day, young.Days.First().Day);
    }

    [Fact]
    public void Two_that_are_not_folded_may_be_when_they_are_one()
    {
        var (one, other) = (new TimeLine(), new TimeLine());
        for (var hour = 0; hour < 100; hour++)
        {
            one.Add(Start.AddHours(hour), One);
            other.Add(Start.AddHours(100 + hour), One);
        }
        one.Add(other);
        Assert.InRange(one.Hours.Count(), TimeLine.LeastHours, TimeLine.LeastHours + 24);
        Assert.Equal(200, one.Total.Relayed);
    }

    [Fact]
    public void Partitions_add_up_whatever_each_of_them_has_folded()
    {
        var random = new Random(5);
        var (all, parts) = (new TimeLine(), new[] { new TimeLine(), new TimeLine(), new TimeLine() });
        for (var n = 0; n < 4_000; n++)
        {
            var time = Start.AddHours(n / 2 + random.Next(-300, 1));
            all.Add(time, One);
            // The third has nothing for a long time.
            parts[n < 1_000 ? random.Next(2) : random.Next(3)].Add(time, One);
        }

        var sum = new TimeLine();
        foreach (var part in parts)
            sum.Add(TimeLine.Parse(part.ToBytes()));
        all.FoldLike(sum);
        sum.FoldLike(all);
        Assert.Equal(all.Hours, sum.Hours);
        Assert.Equal(all.Days, sum.Days);
        Assert.Equal(all.Earlier, sum.Earlier);
    }
}
