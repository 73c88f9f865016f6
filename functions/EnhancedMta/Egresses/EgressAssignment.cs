using EnhancedMta.WarmUp;

namespace EnhancedMta.Egresses;

/// <summary>Gives each message its egress: by domain, weight, health and the path's state, and by what budget a cold one has left.</summary>
public sealed class EgressAssignment(EgressChoice choice, EgressHealth health, WarmUpBudgets budgets, TimeProvider clock)
{
    /// <summary>Decides for one message.</summary>
    /// <param name="domain">The recipient's, in lower case.</param>
    /// <param name="provider">Whose budget it counts for: <see cref="WarmUpBudgets.ProviderOf(Sites.Site)"/>.</param>
    /// <param name="isUrgent">Transactional.</param>
    /// <param name="preferred">Public id of the egress that was greylisted; else null.</param>
    /// <param name="pathUntil">Until when the path from an egress is suspended or held; null when it may be used.</param>
    /// <param name="cancellationToken">Ends the wait for storage.</param>
    /// <remarks>
    /// A message that is given an egress and then does not reach the provider (the path's limits, no session) gives its budget back:
    /// <see cref="WarmUpBudgets.GiveBack"/>. What became of the others is told to <see cref="WarmUpBudgets.Report"/>.
    /// </remarks>
    public async ValueTask<EgressDecision> ChooseAsync(
        string domain, string provider, bool isUrgent, int? preferred, Func<Egress, DateTimeOffset?> pathUntil, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pathUntil);
        List<Egress>? spent = null;
        // Surplus of one goes to the others; each turn either ends it or sets one more aside.
        while (true)
        {
            switch (choice.Choose(domain, preferred, Until))
            {
                case EgressPick.Chosen(var egress):
                    if (await budgets.TakeAsync(egress, provider, isUrgent, 1, cancellationToken).ConfigureAwait(false) > 0)
                        return new EgressDecision.Goes(egress);
                    (spent ??= []).Add(egress);
                    break;
                case EgressPick.AllAside(var soonest, var until) when spent is null || !spent.Contains(soonest):
                    return new EgressDecision.Waits(until, health.Find(soonest) is { } ill ? $"egress {soonest}: {ill.Detail}" : $"the path from egress {soonest}");
                case EgressPick.AllAside:
                    // The first that was drawn: weights share out tomorrow's room as well.
                    var next = spent![0];
                    return new EgressDecision.Waits(
                        await budgets.NextRoomAsync(next, provider, isUrgent, 1, cancellationToken).ConfigureAwait(false), $"the warm-up of egress {next} with {provider}");
                default:
                    return EgressDecision.NoneAllowed.Instance;
            }
        }

        DateTimeOffset? Until(Egress egress) =>
            spent is not null && spent.Contains(egress) ? Tomorrow() : Later(pathUntil(egress), health.Find(egress)?.Until);
    }

    private DateTimeOffset Tomorrow() => new(clock.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a > b ? a : b;
}
