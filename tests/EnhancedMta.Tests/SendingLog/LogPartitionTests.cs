using EnhancedMta.Deliveries;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.SendingLog;

public sealed class LogPartitionTests
{
    // Rows that exist were put where this hash says: should it ever change, repeated messages would no longer be found.
    [Theory]
    [InlineData("1001", 8, 0)]
    [InlineData("m-0001", 16, 8)]
    [InlineData("a", 1, 0)]
    public void A_message_stays_in_its_partition(string messageId, int shards, int shard)
    {
        var partition = LogPartition.Of("d", messageId, shards);
        Assert.Equal(shard, partition.Shard);
        Assert.Equal(partition, LogPartition.Parse(partition.Key));
    }

    [Fact]
    public void Messages_spread_over_all_partitions()
    {
        var counts = Enumerable.Range(0, 8_000).GroupBy(n => LogPartition.Of("d", n.ToString(System.Globalization.CultureInfo.InvariantCulture), 8).Shard).Select(g => g.Count()).ToList();
        Assert.Equal(8, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 850, 1_150));
    }

    [Theory]
    [InlineData("d", true)]
    [InlineData("DM-2026_11.24", true)]
    [InlineData("", false)]
    [InlineData("-d", false)]
    [InlineData("d.", false)]
    [InlineData("a/b", false)]
    [InlineData("a~b", false)]
    [InlineData("é", false)]
    public void A_delivery_id_can_be_part_of_keys_names_and_addresses(string id, bool valid) => Assert.Equal(valid, DeliveryId.IsValid(id));
}
