using EnhancedMta.Batches;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Batches;

/// <summary>The batch that sends the copies of another one.</summary>
public sealed class CopyBatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    private static readonly Batch First = new() { Partition = new LogPartition("d", 3), Id = Batch.NewId(Now), Pack = "d/p", Lane = Lane.Transactional, Count = 96 };

    [Fact]
    public void It_has_what_was_delivered_at_its_place_in_the_pack()
    {
        Assert.Null(First.OfCopies(Now));
        var copies = Read((First with { Copies = UInt128.One << 95 | 0b101 }).OfCopies(Now)!);
        Assert.Equal((true, Lane.Marketing, 3, "d/p", (DateTimeOffset?)null), (copies.IsCopy, copies.Lane, copies.Count, copies.Pack, copies.Due));
        Assert.Equal([0, 2, 95], copies.Items!.Select(i => i.Index));

        // Of a batch of retries, whose slots are not the pack's.
        var retried = First with { Count = 2, Items = [new(40, 1, 1, true, 5), new(17, 2, 2, true, 5)], Copies = 0b10 };
        Assert.Equal([17], Read(retried).OfCopies(Now)!.Items!.Select(i => i.Index));
        // Its own tries are counted from the first.
        Assert.Equal(0, retried.OfCopies(Now)!.Items![0].Attempts);
    }

    [Fact]
    public void Its_columns_are_there_only_when_there_are_copies()
    {
        Assert.DoesNotContain(First.ToRow().Keys, k => k is nameof(Batch.Copies) or nameof(Batch.IsCopy));
        var row = First with { Copies = UInt128.One << 95 | 1, IsCopy = true };
        Assert.Equal((row.Copies, true), (Read(row).Copies, Read(row).IsCopy));
    }

    private static Batch Read(Batch batch) => Batch.Read(batch.ToRow());
}
