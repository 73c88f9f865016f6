using EnhancedMta.Benchmarks.Chaos.Load;

namespace EnhancedMta.Benchmarks.Chaos.Checks;

/// <summary>The API must tell what the log has.</summary>
internal sealed class ApiAudit(Campaign campaign, AuditResult audit)
{
    /// <returns>One line for each thing that is not as it must be.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<Mailing> mailings, CancellationToken cancellationToken)
    {
        var (relayed, delivered, failed, repeats) = (0L, 0L, 0L, 0L);
        foreach (var mailing in mailings)
        {
            var summary = (await campaign.GetAsync($"api/deliveries/{mailing.Id}", cancellationToken)).GetProperty("summary");
            relayed += summary.GetProperty("relayed").GetInt64();
            delivered += summary.GetProperty("delivered").GetInt64();
            failed += summary.GetProperty("failed").GetInt64();
            repeats += summary.GetProperty("possibleRepeats").GetInt64();
        }

        return (relayed, delivered, failed, repeats) == (audit.Accepted, audit.Delivered, audit.Failed, audit.PossibleRepeats)
            ? []
            : [$"the Summaries disagree with the log: {relayed} relayed, {delivered} delivered, {failed} failed, {repeats} possible repeats"];
    }
}
