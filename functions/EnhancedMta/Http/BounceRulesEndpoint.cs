using EnhancedMta.BounceRules;
using EnhancedMta.UserRules;
using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Http;

/// <summary><c>GET bounce-rules</c>: which rules hold, and why a user's do not.</summary>
public sealed class BounceRulesEndpoint(LiveRules<BounceRuleSet> rules)
{
    public IResult Show()
    {
        var state = rules.State;
        return ApiJson.Answer(new
        {
            state.Rules.Version,
            Rules = new { Ours = state.Rules.Count - state.Rules.UserCount, Users = state.Rules.UserCount },
            Source = new { rules.Source.Kind, rules.Source.Name },
            state.LoadedAt,
            state.Refusal,
        });
    }
}
