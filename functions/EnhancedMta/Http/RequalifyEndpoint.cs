using EnhancedMta.BounceRules;
using EnhancedMta.Corrections;
using EnhancedMta.Deliveries;
using EnhancedMta.Qualification;
using EnhancedMta.UserRules;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary><c>POST requalify</c>: what another rule set would make of recorded verdicts, and the correction once that is confirmed.</summary>
public sealed class RequalifyEndpoint(Requalification requalification, Func<BounceRuleSet> rules, ILogger<RequalifyEndpoint> logger)
{
    private const int MaxLength = RuleFile.MaxLength + 64 * 1024;

    // A call ends in time for any proxy between us and the caller; the continuation goes on.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    public Task<IResult> RunAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"It has at most {MaxLength} octets.");
            var faults = RequalifyRequest.Read(body, out var asked);
            if (asked is null)
                return Problems.Fields(faults);
            BounceRuleSet set;
            try
            {
                set = asked.Rules is { } candidate ? RuleFile.WithUserRules("rules", candidate) : rules();
            }
            catch (RuleFaultsException e)
            {
                return Problems.Fields([.. e.Faults.Select(fault => new FieldError("rules", fault))]);
            }

            var report = new RequalificationReport();
            try
            {
                var continuation = await requalification.RunAsync(asked.Scope, set, asked.Confirm, report, asked.Continuation, Limit, cancellationToken).ConfigureAwait(false);
                return ApiJson.Answer(new
                {
                    RuleSet = set.Version,
                    Confirmed = asked.Confirm,
                    report.Looked,
                    report.Corrected,
                    report.Unquarantined,
                    Moves = report.Moves.Select(m => new { m.Count, From = View(m.From), To = View(m.To), m.Samples }),
                    Continuation = continuation,
                });
            }
            catch (FormatException e)
            {
                return Problems.Fields([new FieldError("continuation", e.Message)]);
            }
        });

    private static object View(RequalificationReport.Meant meant) => new
    {
        meant.Type,
        meant.Reason,
        ReasonLabel = ((CampaignReason?)meant.Reason)?.Label(),
        meant.Code,
        meant.Class,
        meant.Rule,
    };
}
