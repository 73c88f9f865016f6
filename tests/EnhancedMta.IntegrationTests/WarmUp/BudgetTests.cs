using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.WarmUp;

namespace EnhancedMta.IntegrationTests.WarmUp;

/// <summary>Budgets that several instances share on real tables.</summary>
public sealed class BudgetTests(AzuriteFixture azurite)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public async Task Instances_that_take_at_once_get_the_budget_and_not_one_message_more(int count)
    {
        using var instances = await Instances.StartAsync(azurite);
        await instances.SetDayAsync(4);
        var taken = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => instances.Add()).SelectMany(budgets => Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var mine = 0;
            while (await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop) == 1)
                mine++;
            var marketing = mine;
            while (await budgets.TakeAsync(Instances.Cold, Instances.Provider, true, 1, Stop) == 1)
                mine++;
            return (Marketing: marketing, All: mine);
        }))));
        // A tenth is for transactional messages alone.
        Assert.InRange(taken.Sum(t => t.Marketing), 1_600, 1_800);
        Assert.Equal(2_000, taken.Sum(t => t.All));
        Assert.Equal(2_000, (await instances.StateAsync()).Taken);
    }

    [Fact]
    public async Task A_message_costs_at_most_a_fiftieth_of_a_storage_operation()
    {
        using var instances = await Instances.StartAsync(azurite);
        await instances.SetDayAsync(6);
        WarmUpBudgets[] both = [instances.Add(), instances.Add()];
        var before = instances.Operations.Count;
        var sent = 0;
        // Twice the day's budget, told as they go, over some hours.
        for (var i = 0; i < 20_000; i++)
        {
            var budgets = both[i / 7 % 2];
            if (await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop) == 1)
            {
                sent++;
                budgets.Report(Instances.Cold, Instances.Provider, PathOutcome.Delivered);
            }
            else
            {
                await budgets.NextRoomAsync(Instances.Cold, Instances.Provider, false, 1, Stop);
            }
            instances.Time.Advance(TimeSpan.FromSeconds(0.6));
            if (i % 50 != 0)
                continue;
            foreach (var each in both)
                await each.ExchangeAsync(all: false, Stop);
        }
        foreach (var each in both)
            await each.ExchangeAsync(all: true, Stop);
        var operations = instances.Operations.Count - before;
        TestContext.Current.SendDiagnosticMessage($"{operations} storage operations for 20,000 messages.");
        Assert.Equal(9_000, sent);
        Assert.Equal(9_000, (await instances.StateAsync()).Counts.Delivered);
        Assert.InRange(operations, 1, 400);
    }

    [Fact]
    public async Task What_a_process_does_not_use_others_get_and_what_it_dies_with_counts_as_used()
    {
        using var instances = await Instances.StartAsync(azurite);
        var (a, b) = (instances.Add(), instances.Add());
        Assert.Equal(1, await a.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop));
        Assert.Equal(130, await b.TakeAsync(Instances.Cold, Instances.Provider, false, 1_000, Stop));
        Assert.Equal(0, await b.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop));
        // Idle for a minute: 49 go back.
        instances.Time.Advance(TimeSpan.FromMinutes(1));
        await a.ExchangeAsync(all: false, Stop);
        instances.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(10, await b.TakeAsync(Instances.Cold, Instances.Provider, false, 10, Stop));
        Assert.Equal((180, 0), ((await instances.StateAsync()).Taken, await a.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop)));
        // b dies with 39; a asks in vain for the rest of the day.
        instances.Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, await a.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop));
    }

    [Fact]
    public async Task A_message_that_did_not_go_gives_its_room_to_another()
    {
        using var instances = await Instances.StartAsync(azurite);
        var budgets = instances.Add();
        Assert.Equal(180, await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 300, Stop));
        budgets.GiveBack(Instances.Cold, Instances.Provider, false, 3);
        Assert.Equal(3, await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 300, Stop));
    }

    [Fact]
    public async Task A_new_day_has_its_own_budget_by_what_was_told_of_the_last()
    {
        using var instances = await Instances.StartAsync(azurite);
        var (a, b) = (instances.Add(), instances.Add());
        Assert.Equal(150, await a.TakeAsync(Instances.Cold, Instances.Provider, false, 150, Stop));
        for (var i = 0; i < 150; i++)
            a.Report(Instances.Cold, Instances.Provider, i % 20 == 0 ? PathOutcome.AddressOnly : PathOutcome.Delivered);
        // b has the rest in hand at midnight; it lapses. What a has to tell is of the day before.
        Assert.Equal(1, await b.TakeAsync(Instances.Cold, Instances.Provider, false, 1, Stop));
        instances.Time.Advance(TimeSpan.FromHours(15.1));
        await a.ExchangeAsync(all: false, Stop);
        Assert.Equal(450, await b.TakeAsync(Instances.Cold, Instances.Provider, false, 1_000, Stop));
        var state = await instances.StateAsync();
        Assert.Equal((2, 450), (state.Day, state.Taken));
        Assert.Equal((1, 2, 150), (state.Moves[0].From, state.Moves[0].To, state.Moves[0].Counts.Answers));
    }

    [Fact]
    public async Task Messages_without_room_come_back_tomorrow_all_over_the_day()
    {
        using var instances = await Instances.StartAsync(azurite);
        await instances.SetDayAsync(2);
        WarmUpBudgets[] both = [instances.Add(), instances.Add()];
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < 1_000; i++)
            times.Add(await both[i % 2].NextRoomAsync(Instances.Cold, Instances.Provider, false, 1, Stop));
        var midnight = new DateTimeOffset(instances.Today.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        Assert.All(times, time => Assert.InRange(time, midnight, midnight.AddDays(1)));
        // The first 450 have a place of their own, 25 in each of 18 slots; they wait in few groups.
        Assert.All(times[..450].CountBy(time => (int)((time - midnight) / (TimeSpan.FromDays(1) / 18))), slot => Assert.Equal(25, slot.Value));
        Assert.Equal(18, times[..450].Distinct().Count());
        Assert.Equal(450, (await instances.StateAsync()).BookedNext.Count);
        // The others look in again some time.
        Assert.InRange(times[450..].Select(time => time.Hour / 6).Distinct().Count(), 3, 4);
        // Transactional ones as soon as there is budget again.
        Assert.Equal(midnight, await both[0].NextRoomAsync(Instances.Cold, Instances.Provider, true, 1, Stop));
    }

    [Fact]
    public async Task While_storage_is_away_there_is_no_budget_and_soon_after_there_is()
    {
        using var instances = await Instances.StartAsync(azurite);
        var faults = new StorageFaults(1) { Rate = 1 };
        var budgets = instances.Add(faults);
        Assert.Equal(0, await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 5, Stop));
        var injected = faults.Injected;
        Assert.Equal(0, await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 5, Stop));
        Assert.Equal(injected, faults.Injected);
        Assert.InRange(await budgets.NextRoomAsync(Instances.Cold, Instances.Provider, false, 5, Stop), instances.Time.GetUtcNow(), instances.Time.GetUtcNow().AddDays(2));
        budgets.Report(Instances.Cold, Instances.Provider, PathOutcome.Delivered);
        await budgets.ExchangeAsync(all: true, Stop);
        faults.Rate = 0;
        instances.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(5, await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 5, Stop));
        // Kept until it could be told.
        Assert.Equal(1, (await instances.StateAsync()).Counts.Delivered);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_storage_does_and_whoever_dies_no_day_exceeds_its_budget(int seed)
    {
        using var instances = await Instances.StartAsync(azurite);
        var random = new Random(seed);
        var running = new List<(WarmUpBudgets Budgets, StorageFaults Faults)>();
        for (var day = 0; day < 4; day++)
        {
            var (sent, told) = (0, 0);
            for (var step = 0; step < 120; step++)
            {
                while (running.Count < 3)
                {
                    var faults = new StorageFaults(random.Next()) { Rate = 0.15 };
                    running.Add((instances.Add(faults), faults));
                }
                var index = random.Next(running.Count);
                var (budgets, mine) = running[index];
                if (random.Next(15) == 0)
                    mine.DieAfter(1 + random.Next(3));
                try
                {
                    var count = random.Next(1, 60);
                    var isUrgent = random.Next(4) == 0;
                    var taken = await budgets.TakeAsync(Instances.Cold, Instances.Provider, isUrgent, count, Stop);
                    Assert.InRange(taken, 0, count);
                    var back = random.Next(4) == 0 ? random.Next(taken + 1) : 0;
                    budgets.GiveBack(Instances.Cold, Instances.Provider, isUrgent, back);
                    sent += taken - back;
                    for (var i = 0; i < taken - back; i++)
                        budgets.Report(Instances.Cold, Instances.Provider, PathOutcome.Delivered);
                    told += taken - back;
                    if (random.Next(3) == 0)
                        await budgets.ExchangeAsync(all: random.Next(2) == 0, Stop);
                }
                catch (Exception) when (mine.IsDead)
                {
                    // It dies with what it had in hand. Another begins.
                    running.RemoveAt(index);
                }
                instances.Time.Advance(TimeSpan.FromMinutes(1));
            }
            var state = (await instances.StateAsync()).At(instances.Today, WarmUpSchedule.BuiltIn);
            var budget = WarmUpSchedule.BuiltIn.BudgetOf(state.Day);
            Assert.InRange(state.Taken, sent, budget);
            Assert.InRange(state.Counts.Delivered, 0, told);
            instances.Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromHours(2));
        }
    }
}
