using EnhancedMta.Ingestion.Admission;

namespace EnhancedMta.Tests.Ingestion.Admission;

public sealed class QueueTrackTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(40, 10)]
    [InlineData(100, 10)]
    [InlineData(12, 10)]
    [InlineData(3, 1)]
    public void The_rate_is_found_whoever_takes_the_orders_and_the_wait_is_known_before_the_head_is_old(double coming, double leaving)
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        var found = queue.Watch(track, TimeSpan.FromMinutes(3), Every, coming, leaving);
        Assert.InRange(found.PerSecond!.Value, leaving * 0.85, leaving * 1.15);
        Assert.InRange(found.Wait / queue.WaitAt(leaving), 0.85, 1.15);
        if (coming > 2 * leaving)
            Assert.True(found.HeadAge < found.Wait);
    }

    [Fact]
    public void A_rate_that_changes_is_followed_within_the_window()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        queue.Watch(track, TimeSpan.FromMinutes(5), Every, 30, 5);
        // Ten instances more.
        var found = queue.Watch(track, TimeSpan.FromMinutes(3), Every, 30, 25);
        Assert.InRange(found.PerSecond!.Value, 21, 29);
    }

    [Fact]
    public void While_nothing_leaves_the_heads_age_is_what_is_known()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        var found = queue.Watch(track, TimeSpan.FromMinutes(4), Every, 10, 0);
        Assert.Null(found.ToEmpty);
        Assert.InRange(found.Wait.TotalSeconds, 235, 245);
    }

    [Fact]
    public void A_queue_that_was_empty_says_nothing_about_how_fast_it_can_be_emptied()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        queue.Watch(track, TimeSpan.FromMinutes(2), Every, 0.2, 100);
        queue.Burst(20_000);
        queue.Watch(track, TimeSpan.FromMinutes(1), Every, 0, 100);
        var found = queue.Watch(track, TimeSpan.FromSeconds(5), Every, 0, 100);
        Assert.InRange(found.Wait / queue.WaitAt(100), 0.85, 1.15);
    }

    [Fact]
    public void An_order_that_comes_back_after_its_worker_died_makes_no_queue_old()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        queue.Watch(track, TimeSpan.FromMinutes(1), Every, 10, 9);
        queue.ComesBack(TimeSpan.FromHours(3));
        Assert.True(track.Add(queue.Read()).Wait < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void An_old_order_at_the_first_look_may_be_alone_and_at_the_second_is_not()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        queue.ComesBack(TimeSpan.FromHours(3));
        Assert.Equal(TimeSpan.Zero, track.Add(queue.Read()).Wait);
        queue.Pass(Every, 0, 0);
        Assert.InRange(track.Add(queue.Read()).Wait.TotalHours, 2.9, 3.1);
    }

    [Fact]
    public void Orders_that_wait_for_their_time_or_are_worked_on_are_no_queue()
    {
        var (queue, track) = (new SimulatedQueue { Hidden = 5_000 }, new QueueTrack(Limit));
        var found = queue.Watch(track, TimeSpan.FromMinutes(3), Every, 1, 50);
        Assert.True(found.Wait < TimeSpan.FromSeconds(2), $"{found}");
    }

    [Fact]
    public void A_queue_that_stands_still_for_a_day_is_kept_in_little_memory_and_its_age_is_told()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        queue.Burst(10);
        var found = queue.Watch(track, TimeSpan.FromHours(8), Every, 0, 0);
        Assert.InRange(found.Wait.TotalHours, 7.9, 8.1);
    }

    [Fact]
    public void What_happens_between_looks_far_apart_is_not_made_up()
    {
        var (queue, track) = (new SimulatedQueue(), new QueueTrack(Limit));
        queue.Watch(track, TimeSpan.FromMinutes(2), Every, 30, 10);
        queue.Pass(TimeSpan.FromHours(1), 0, 10);
        queue.Burst(500);
        Assert.Null(track.Add(queue.Read()).PerSecond);
    }
}
