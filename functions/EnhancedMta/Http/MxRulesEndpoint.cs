using EnhancedMta.Deliveries;
using EnhancedMta.MxRules;
using EnhancedMta.Providers;
using EnhancedMta.Sites;
using EnhancedMta.UserRules;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary><c>mx-rules</c>: which rules hold, why a user's do not, and what other ones would change.</summary>
public sealed class MxRulesEndpoint(LiveRules<MxRuleSet> rules, ProviderDirectory providers, SiteDirectory sites, ILogger<MxRulesEndpoint> logger)
{
    private const int MaxLength = RuleDocument.MaxLength;
    private const int MaxChanges = 1_000;

    /// <summary><c>GET mx-rules</c>.</summary>
    public IResult Show()
    {
        var state = rules.State;
        return ApiJson.Answer(new
        {
            state.Rules.Version,
            Rules = Count(state.Rules),
            Source = new { rules.Source.Kind, rules.Source.Name },
            state.LoadedAt,
            state.Refusal,
            InOrder = state.Rules.Rules.Select(rule => new { By = state.Rules.Users.Contains(rule.Id) ? "user" : "us", Rule = MxRuleView.Of(rule) }),
        });
    }

    /// <summary><c>POST mx-rules/try</c>: nothing is changed.</summary>
    public Task<IResult> TryAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"A rule file has at most {MaxLength} octets.");
            MxRuleSet tried;
            try
            {
                tried = MxRuleFile.WithUserRules("rules", body);
            }
            catch (RuleFaultsException e)
            {
                return Problems.Fields([.. e.Faults.Select(fault => new FieldError("rules", fault))]);
            }

            var now = rules.Current;
            var known = sites.Known();
            var changes = new MxRuleComparison(now, tried, providers).Changes(known);
            return ApiJson.Answer(new
            {
                Version = new { From = now.Version, To = tried.Version },
                Rules = Count(tried),
                Looked = new { Providers = providers.All.Count, Sites = known.Count },
                Changes = changes.Take(MaxChanges).Select(change => new
                {
                    change.Place,
                    change.Name,
                    change.Mx,
                    change.PublicIds,
                    Differences = MxRuleView.Differences(change.From, change.To),
                    From = MxRuleView.Of(change.From),
                    To = MxRuleView.Of(change.To),
                }),
                More = Math.Max(0, changes.Count - MaxChanges),
            });
        });

    private static object Count(MxRuleSet set) => new { Ours = set.Rules.Count - set.Users.Count, Users = set.Users.Count };
}
