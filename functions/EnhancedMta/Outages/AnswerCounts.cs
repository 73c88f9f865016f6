namespace EnhancedMta.Outages;

/// <summary>How a site answered for a while.</summary>
/// <param name="Accepted">Messages taken.</param>
/// <param name="Unknown">Refused because of an unknown user (code 10).</param>
/// <param name="UnknownCovered">Of these, addresses that the sample of accepting ones would know.</param>
/// <param name="UnknownThatAccepted">Of those, addresses that accepted mail lately.</param>
internal readonly record struct AnswerCounts(long Accepted, long Unknown, long UnknownCovered, long UnknownThatAccepted)
{
    public long Total => Accepted + Unknown;

    public static AnswerCounts operator +(AnswerCounts a, AnswerCounts b) =>
        new(a.Accepted + b.Accepted, a.Unknown + b.Unknown, a.UnknownCovered + b.UnknownCovered, a.UnknownThatAccepted + b.UnknownThatAccepted);
}
