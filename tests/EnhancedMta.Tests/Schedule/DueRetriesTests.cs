using EnhancedMta.Batches;
using EnhancedMta.Schedule;

namespace EnhancedMta.Tests.Schedule;

/// <summary>Which batches that are due share a queue message.</summary>
public sealed class DueRetriesTests
{
    [Fact]
    public void Batches_of_a_partition_go_together_as_far_as_four_may_hold()
    {
        var orders = Together([Pointer("d~0", "a", 40), Pointer("d~0", "b", 96), Pointer("d~0", "c", 96), Pointer("d~0", "d", 96), Pointer("d~0", "e", 56), Pointer("d~0", "f", 1)]);
        Assert.Equal([["a", "b", "c", "d", "e"], ["f"]], orders);
    }

    [Fact]
    public void Full_batches_go_by_four()
    {
        Assert.Equal([["a", "b", "c", "d"], ["e"]], Together([.. "abcd".Select(id => Pointer("d~0", $"{id}", 96)), Pointer("d~0", "e", 1)]));
        // A pointer of an earlier version, or to what was held, does not tell: it may be as large as any.
        Assert.Equal([["a", "b", "c", "d"], ["e"]], Together([.. "abcde".Select(id => new SchedulePointer("retry~202611281200", $"d~0~{id}", Lane.Marketing))]));
    }

    [Fact]
    public void Deliveries_and_lanes_do_not_mix_and_those_of_a_partition_are_together()
    {
        var orders = Together([Pointer("d~0", "a", 1), Pointer("d~1", "b", 1), Pointer("d~0", "c", 1), Pointer("e~0", "d", 1), Pointer("d~1", "e", 1) with { Lane = Lane.Transactional }]);
        Assert.Equal([["a", "c", "b"], ["d"], ["e"]], orders);
    }

    [Fact]
    public void An_order_for_several_is_read_as_it_was_written()
    {
        var order = BatchOrder.Of([new("d~000", "a"), new("d~000", "b"), new("d~001", "c")]) with { Trace = "t" };
        Assert.Equal([("d~000", "a", "t"), ("d~000", "b", "t"), ("d~001", "c", "t")], BatchOrder.Parse(order.ToJson()).Each().Select(o => (o.Partition, o.BatchId, o.Trace)));
        var fresh = new FreshBatch("W/\"1\"", 96, Lane.Marketing, new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
        var knownInPart = BatchOrder.Of([new("d~000", "a"), new("d~000", "b", fresh), new("d~001", "c")]);
        Assert.Equal([null, fresh, null], BatchOrder.Parse(knownInPart.ToJson()).Each().Select(o => o.Fresh));
        Assert.Throws<FormatException>(() => BatchOrder.Parse("""{"partition":"d~000","batch":"a","also":["nothing"]}"""));
    }

    [Fact]
    public void However_small_only_a_few_go_together()
    {
        var orders = Together([.. Enumerable.Range(0, 40).Select(n => Pointer("d~0", $"b{n:00}", 1))]);
        Assert.All(orders, batches => Assert.InRange(batches.Count, 1, 12));
        Assert.Equal(Enumerable.Range(0, 40).Select(n => $"b{n:00}"), orders.SelectMany(b => b));
    }

    private static SchedulePointer Pointer(string partition, string batch, int count) => new("retry~202611281200", $"{partition}~{batch}", Lane.Marketing, count);

    private static List<List<string>> Together(IReadOnlyList<SchedulePointer> pointers) =>
        [.. DueRetries.Together(pointers).Select(due => due.Order.Each().Select(one => one.BatchId).ToList())];
}
