using EnhancedMta.BounceRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>Qualifies by the rule set that holds now.</summary>
public sealed class Qualifier(Func<BounceRuleSet> rules) : IQualifier
{
    public Verdict Qualify(SmtpReply reply, string? mxHost) => rules().Decide(reply, mxHost);

    public Verdict Qualify(LocalError error) => LocalMeanings.Find(error);
}
