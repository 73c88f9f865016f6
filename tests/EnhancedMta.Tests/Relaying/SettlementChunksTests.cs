using CsCheck;
using EnhancedMta.Packs;
using EnhancedMta.Relaying;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Relaying;

/// <summary>Outcomes in as few transactions, and waiting batches, as may be.</summary>
public sealed class SettlementChunksTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Messages_that_wait_for_one_minute_stay_together()
    {
        var waiting = Enumerable.Range(0, 95).Select(n => Waits(n, Noon.AddSeconds(-n % 60))).ToList();
        Assert.Equal(95, Assert.Single(SettlementChunks.Cut(waiting)).Length);
        // One too many: two batches of about the same size, not one of a single message.
        Assert.Equal([48, 48], SettlementChunks.Cut([.. waiting, Waits(95, Noon)]).Select(c => c.Length));
    }

    [Fact]
    public void A_minute_is_not_cut_because_others_came_before_it()
    {
        var outcomes = Enumerable.Range(0, 60).Select(n => Waits(n, n < 40 ? Noon : Noon.AddMinutes(5)))
            .Concat(Enumerable.Range(60, 36).Select(n => Waits(n, Noon.AddMinutes(10)))).ToList();
        var minutes = SettlementChunks.Cut(outcomes).SelectMany(chunk => chunk.Select(SettlementChunks.Minute).Distinct()).ToList();
        Assert.Equal(3, minutes.Count);
    }

    [Fact]
    public void A_row_can_be_left_free_for_the_batch_of_the_copies()
    {
        var delivered = Enumerable.Range(0, SettlementChunks.MaxRows).Select(Delivered).ToList();
        Assert.Single(SettlementChunks.Cut(delivered));
        Assert.All(SettlementChunks.Cut(delivered, SettlementChunks.MaxRows - 1), chunk => Assert.InRange(chunk.Length, 1, SettlementChunks.MaxRows - 1));
    }

    [Fact]
    public void Every_outcome_is_in_one_transaction_that_fits() =>
        Gen.Int[-3, 30].List[0, 96].Sample(minutes =>
        {
            var outcomes = minutes.Select((minute, n) => minute < 0 ? Delivered(n) : Waits(n, Noon.AddMinutes(minute))).ToList();
            var chunks = SettlementChunks.Cut(outcomes).ToList();
            Assert.All(chunks, chunk => Assert.InRange(chunk.Length + chunk.Select(SettlementChunks.Minute).Distinct().Count(m => m is not null), 1, SettlementChunks.MaxRows));
            Assert.Equal(outcomes.Select(o => o.Item.Slot), chunks.SelectMany(c => c).Select(o => o.Item.Slot).Order());
        });

    private static Outcome Waits(int slot, DateTimeOffset due) => new() { Item = Item(slot), State = MessageState.Waiting, Due = due };

    private static Outcome Delivered(int slot) => new() { Item = Item(slot), State = MessageState.Delivered };

    private static RelayItem Item(int slot) => RelayItem.Fresh(slot, new PackItem($"{slot}", "a", "example.com", "example.com", 10, false));
}
