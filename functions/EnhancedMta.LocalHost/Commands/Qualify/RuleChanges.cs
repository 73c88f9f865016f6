using EnhancedMta.Qualification;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>What two rule sets make of the same reply.</summary>
/// <param name="Id">As JSON, of a reply.</param>
/// <param name="Mail">Path and recipient, of a mail.</param>
/// <param name="Words">Normalised.</param>
/// <param name="From">Ours.</param>
/// <param name="To">Of the rules that are tried.</param>
internal sealed record Decided(string? Id, (string Path, string? Recipient)? Mail, Func<string> Words, Verdict From, Verdict To)
{
    /// <summary>The meaning changes, not only the rule that decides.</summary>
    public bool IsMoved => (From.Type, From.Reason, From.Code, From.Class, From.Final) != (To.Type, To.Reason, To.Code, To.Class, To.Final);

    public bool HasOtherRule => From.Rule != To.Rule;
}

/// <summary>Takes in comparisons and shows what would change.</summary>
internal interface IRuleChanges
{
    ValueTask AddAsync(Decided decided, CancellationToken cancellationToken);

    /// <param name="ruleSet">Version of the rules that were tried.</param>
    /// <param name="faults">How many lines or mails could not be read.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task EndAsync(string ruleSet, int faults, CancellationToken cancellationToken);
}
