using CsCheck;
using EnhancedMta.Batches;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Batches;

public sealed class BatchTests
{
    [Fact]
    public void A_row_gives_back_the_batch_that_it_was_made_of()
    {
        var item = Gen.Select(Gen.Int[0, 95], Gen.Int[0, 30], Gen.Int[0, 200], Gen.Bool, Gen.Int[1, 20]).Select((index, attempts, entries, soft, reason) => new BatchItem(index, attempts, entries, soft, reason));
        Gen.Select(Gen.Int[1, 96], Gen.ULong, Gen.ULong, item.List[0, 96], Gen.Bool).Sample((count, low, high, items, waits) =>
        {
            var now = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
            var batch = new Batch
            {
                Partition = new LogPartition("d", 3),
                Id = Batch.NewId(now),
                Pack = "d/p",
                Lane = waits ? Lane.Transactional : Lane.Marketing,
                Count = count,
                Done = new UInt128(high, low) & ((UInt128.One << count) - 1),
                Queued = now,
                Items = waits ? items : null,
                Due = waits ? now.AddHours(1) : null,
                ClaimedBy = waits ? null : "w",
                ClaimedUntil = waits ? null : now.AddMinutes(1),
            };
            var read = Batch.Read(batch.ToRow());
            Assert.Equal(batch with { Items = null, ETag = default }, read with { Items = null, ETag = default });
            Assert.Equal(batch.Items, read.Items);
            Assert.Equal(count - (int)UInt128.PopCount(batch.Done), read.OpenCount);
            Assert.Equal(read.OpenCount == 0, read.IsComplete);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"partition\":\"d\",\"batch\":\"b\"}")]
    [InlineData("{\"partition\":\"\",\"batch\":\"b\"}")]
    [InlineData("{\"partition\":\"d~000\"}")]
    public void A_queue_message_that_is_no_order_is_told(string json) => Assert.Throws<FormatException>(() => BatchOrder.Parse(json));

    [Fact]
    public void An_order_reads_back()
    {
        var order = new BatchOrder("a.b-c_d~007", "b1", new FreshBatch("W/\"x\"", 96, Lane.Transactional, DateTimeOffset.UnixEpoch));
        var read = BatchOrder.Parse(order.ToJson());
        Assert.Equal(order, read);
        Assert.Equal(new LogPartition("a.b-c_d", 7), read.LogPartition);
    }
}
