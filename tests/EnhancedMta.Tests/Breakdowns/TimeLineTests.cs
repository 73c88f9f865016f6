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
