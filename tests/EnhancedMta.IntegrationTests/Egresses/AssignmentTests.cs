using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.WarmUp;
using EnhancedMta.WarmUp;

namespace EnhancedMta.IntegrationTests.Egresses;

/// <summary>Which egress a message takes when budgets, illness and paths have their say.</summary>
public sealed class AssignmentTests(AzuriteFixture azurite)
{
    private static readonly Egress Warm = new(2, "mta2.example.com", null) { DeclaredWarm = true };
    private static readonly Func<Egress, DateTimeOffset?> PathsFree = _ => null;

    [Fact]
    public async Task Surplus_of_a_cold_egress_goes_to_a_warm_one()
    {
        using var instances = await Instances.StartAsync(azurite);
        var assignment = Assignment(instances, instances.Add(), null, Instances.Cold, Warm);
        var went = new List<int>();
        for (var i = 0; i < 1_000; i++)
            went.Add(Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, null)).Egress.PublicId);
        Assert.Equal((180, 820), (went.Count(id => id == 1), went.Count(id => id == 2)));
    }

    [Fact]
    public async Task Without_another_the_surplus_waits_for_tomorrow_s_room()
    {
        using var instances = await Instances.StartAsync(azurite);
        var budgets = instances.Add();
        var assignment = Assignment(instances, budgets, null, Instances.Cold);
        for (var i = 0; i < 180; i++)
            Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, null));
        var waits = Assert.IsType<EgressDecision.Waits>(await ChooseAsync(assignment, null));
        Assert.Equal(instances.Today.AddDays(1), DateOnly.FromDateTime(waits.Until.UtcDateTime));
        Assert.Equal("the warm-up of egress 1 (mta1.example.com) with google", waits.Why);
        // Transactional messages never wait behind marketing.
        for (var i = 0; i < 20; i++)
            Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, null, isUrgent: true));
        Assert.IsType<EgressDecision.Waits>(await ChooseAsync(assignment, null, isUrgent: true));
        // A place in the line that is not needed after all is the next one's.
        budgets.GiveBack(Instances.Cold, Instances.Provider, false, 1);
        Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, null));
    }

    [Fact]
    public async Task What_is_ill_or_suspended_is_passed_over_and_no_budget_is_taken_of_it()
    {
        using var instances = await Instances.StartAsync(azurite);
        var health = new EgressHealth(instances.Time, (_, _, _) => Task.CompletedTask);
        var assignment = Assignment(instances, instances.Add(), health, Instances.Cold, Warm);
        await health.FailedAsync(Instances.Cold, "proxy p:1080: Connection refused", TestContext.Current.CancellationToken);
        for (var i = 0; i < 20; i++)
            Assert.Equal(Warm, Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, preferred: 1)).Egress);
        Assert.Null(await instances.Table.FindAsync(1, Instances.Provider, TestContext.Current.CancellationToken));

        var inAnHour = instances.Time.GetUtcNow().AddHours(1);
        var waits = Assert.IsType<EgressDecision.Waits>(await ChooseAsync(assignment, null, egress => egress == Warm ? inAnHour : null));
        Assert.Equal((instances.Time.GetUtcNow().AddMinutes(1), "egress 1 (mta1.example.com): proxy p:1080: Connection refused"), (waits.Until, waits.Why));
        instances.Time.Advance(TimeSpan.FromMinutes(1));
        waits = Assert.IsType<EgressDecision.Waits>(await ChooseAsync(assignment, null, _ => inAnHour));
        Assert.Equal(inAnHour, waits.Until);
    }

    [Fact]
    public async Task A_suspension_that_ends_soon_is_waited_for_rather_than_tomorrow()
    {
        using var instances = await Instances.StartAsync(azurite);
        var budgets = instances.Add();
        var assignment = Assignment(instances, budgets, null, Instances.Cold, Warm);
        await budgets.TakeAsync(Instances.Cold, Instances.Provider, false, 200, TestContext.Current.CancellationToken);
        var soon = instances.Time.GetUtcNow().AddMinutes(20);
        var waits = Assert.IsType<EgressDecision.Waits>(await ChooseAsync(assignment, null, egress => egress == Warm ? soon : null));
        Assert.Equal((soon, "the path from egress 2 (mta2.example.com)"), (waits.Until, waits.Why));
    }

    [Fact]
    public async Task A_greylisted_message_keeps_its_cold_egress_while_there_is_budget()
    {
        using var instances = await Instances.StartAsync(azurite);
        var assignment = Assignment(instances, instances.Add(), null, Instances.Cold, Warm with { Weight = 1_000 });
        for (var i = 0; i < 180; i++)
            Assert.Equal(1, Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, preferred: 1)).Egress.PublicId);
        Assert.Equal(2, Assert.IsType<EgressDecision.Goes>(await ChooseAsync(assignment, preferred: 1)).Egress.PublicId);
    }

    [Fact]
    public async Task A_domain_for_which_there_is_no_egress_is_told_apart()
    {
        using var instances = await Instances.StartAsync(azurite);
        var assignment = Assignment(instances, instances.Add(), null, Warm with { IncludeDomains = DomainMasks.Parse("example.net") });
        Assert.IsType<EgressDecision.NoneAllowed>(await ChooseAsync(assignment, null));
    }

    private static EgressAssignment Assignment(Instances instances, WarmUpBudgets budgets, EgressHealth? health, params Egress[] egresses) =>
        new(new EgressChoice(egresses, new Random(3)), health ?? new EgressHealth(instances.Time, (_, _, _) => Task.CompletedTask), budgets, instances.Time);

    private static ValueTask<EgressDecision> ChooseAsync(EgressAssignment assignment, int? preferred, Func<Egress, DateTimeOffset?>? pathUntil = null, bool isUrgent = false) =>
        assignment.ChooseAsync("example.org", Instances.Provider, isUrgent, preferred, pathUntil ?? PathsFree, TestContext.Current.CancellationToken);
}
