using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Tests.Paths;

/// <summary>Who gets how much of a slice that several want.</summary>
public sealed class SliceSharingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Never = Noon.AddDays(4);
    private static readonly Party Large = Party.Of("large", false);
    private static readonly Party Small = Party.Of("small", false);
    private static readonly Party Medium = Party.Of("medium", false);
    private static readonly Party Urgent = Party.Of("urgent", true);
    private static readonly Party AlsoUrgent = Party.Of("also urgent", true);

    private readonly SliceBook _book = new();

    [Fact]
    public void An_equal_share_is_one_of_what_urgent_ones_leave()
    {
        _book.PlanHere(Noon, 100, Urgent, 40);
        _book.PlanHere(Noon, 100, Small, 60);
        Assert.Equal(30, _book.Take(Noon, 100, Large, 100));
    }

    [Fact]
    public void Who_had_some_gets_only_the_rest_of_its_equal_share_of_what_others_planned()
    {
        _book.Take(Noon, 100, Medium, 10);
        _book.Take(Noon, 100, Large, 20);
        _book.PlanHere(Noon, 100, Small, 70);
        Assert.Equal(13, _book.Take(Noon, 100, Large, 50));
    }

    [Fact]
    public void What_others_planned_up_to_their_equal_share_is_left_to_them()
    {
        _book.Take(Noon, 100, Medium, 40);
        _book.PlanHere(Noon, 100, Small, 50);
        Assert.Equal(27, _book.Take(Noon, 100, Large, 100));
    }

    [Fact]
    public void What_comes_back_and_what_comes_with_it_share_one_part()
    {
        _book.Take(Noon, 100, Medium, 10);
        _book.PlanHere(Noon, 100, Large, 20);
        _book.PlanHere(Noon, 100, Small, 70);
        Assert.Equal(33, _book.Take(Noon, 100, Large, 60, returning: 20));
        Assert.Equal(100, new SliceBook() is var alone && alone.PlanHere(Noon, 100, Large, 50) == 50 ? alone.Take(Noon, 100, Large, 200, returning: 50) : 0);
    }

    [Fact]
    public void In_a_slices_last_minute_a_party_need_not_leave_room_for_its_own_plans()
    {
        _book.Plan(Noon, _ => 100, Large, 80, Never);
        Assert.Equal(20, _book.Take(Noon.AddMinutes(9).AddTicks(-1), 100, Large, 100));
        Assert.Equal(80, _book.Take(Noon.AddMinutes(9), 100, Large, 100));
    }

    [Fact]
    public void Asking_in_vain_takes_no_place_among_the_parties()
    {
        for (var n = 0; n < 8; n++)
            _book.Take(Noon, 0, Party.Of($"p{n}", false), 5);
        _book.Take(Noon, 100, Large, 5);
        _book.PlanHere(Noon, 100, Small, 7);
        Assert.Equal(7, _book.PlannedOf(Small).Count);
    }

    [Fact]
    public void Eight_parties_are_told_apart()
    {
        for (var n = 0; n < 9; n++)
            _book.Plan(Noon, _ => 1_000, Party.Of($"p{n}", false), 1, Never);
        Assert.Equal((1, 0), (_book.PlannedOf(Party.Of("p7", false)).Count, _book.PlannedOf(Party.Of("p8", false)).Count));
    }

    [Fact]
    public void Taking_and_planning_forget_what_is_past()
    {
        _book.Take(Noon, 100, Large, 60);
        _book.Take(Noon.AddMinutes(5), 100, Large, 60);
        Assert.Equal((0, 60), (_book.Used(Slice.At(Noon)), _book.Used(Slice.At(Noon) + 1)));
        _book.Plan(Noon.AddMinutes(10), _ => 100, Large, 60, Never);
        Assert.Equal((0, 60), (_book.Used(Slice.At(Noon) + 1), _book.AllPlanned));
    }

    [Fact]
    public void What_others_planned_beyond_their_share_is_contested_once_and_in_the_slices_last_minute()
    {
        _book.Plan(Noon, _ => 100, Small, 100, Never);
        Assert.Equal([(Noon.AddMinutes(8), 20)], Planned(Large, 20));
        // Still up to an equal share, and no further.
        Assert.Equal([(5, 30), (10, 10)], InMinutes(Large, 40));
        Assert.Equal([(10, 5)], InMinutes(Large, 5));
    }

    [Fact]
    public void No_more_is_contested_than_others_planned_beyond_an_equal_share()
    {
        _book.Plan(Noon, _ => 100, Small, 60, Never);
        Assert.Equal([(5, 40), (10, 20)], InMinutes(Large, 60));
    }

    [Fact]
    public void An_equal_share_of_a_later_slice_is_one_of_what_urgent_ones_leave()
    {
        _book.Plan(Noon, _ => 100, Urgent, 40, Never);
        _book.Plan(Noon, _ => 100, Small, 60, Never);
        Assert.Equal([(5, 30), (10, 5)], InMinutes(Large, 35));
    }

    [Fact]
    public void Urgent_ones_plan_over_all_others_and_equally_among_themselves()
    {
        Assert.Equal([(5, 60)], InMinutes(Urgent, 60));
        Assert.Equal([(5, 40), (10, 20)], InMinutes(Urgent, 60));

        var shared = new SliceBook();
        shared.Plan(Noon, _ => 100, Urgent, 60, Never);
        shared.Plan(Noon, _ => 100, Large, 100, Never);
        Assert.Equal([50], shared.Plan(Noon, _ => 100, AlsoUrgent, 50, Never).Select(p => p.Count));
        Assert.Equal(Slice.At(Noon) + 2, shared.Plan(Noon, _ => 100, AlsoUrgent, 10, Never)[0].Slice);
    }

    private IEnumerable<(DateTimeOffset Due, int Count)> Planned(Party party, int count) => _book.Plan(Noon, _ => 100, party, count, Never).Select(p => (p.Due, p.Count));

    private IEnumerable<(int Minutes, int Count)> InMinutes(Party party, int count) =>
        _book.Plan(Noon, _ => 100, party, count, Never).Select(p => ((int)(p.Slice.Start - Noon).TotalMinutes, p.Count));
}
