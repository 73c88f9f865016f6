namespace EnhancedMta.Outages;

/// <summary>Tells a provider's failure day from a list's wrong addresses.</summary>
internal static class OutageRule
{
    private const int MinUnknown = 20;
    private const double MinShare = 0.1;
    private const double TimesUsual = 5;

    private const int MinThatAccepted = 5;
    private const double MinShareThatAccepted = 0.3;

    /// <returns>Why the verdicts should be held; null when all is as usual.</returns>
    /// <param name="usual">The site's.</param>
    /// <param name="recent">Answers of the last ten to twenty minutes.</param>
    public static string? Find(UsualRate usual, AnswerCounts recent)
    {
        // Addresses that took mail lately do not cease to exist by the dozen: the surest sign, with or without a history of rates.
        if (recent.UnknownThatAccepted >= MinThatAccepted && recent.UnknownThatAccepted >= MinShareThatAccepted * recent.UnknownCovered)
            return $"{recent.UnknownThatAccepted} of {recent.UnknownCovered} addresses called unknown had accepted mail lately";
        if (!usual.IsKnown || recent.Unknown < MinUnknown)
            return null;
        var expected = usual.Value * recent.Total;
        var share = (double)recent.Unknown / recent.Total;
        return share >= MinShare && recent.Unknown >= TimesUsual * expected && recent.Unknown >= expected + 5 * Math.Sqrt(expected)
            ? $"{share:P0} of {recent.Total} answers say unknown user, {usual.Value:P1} are usual"
            : null;
    }
}
