namespace EnhancedMta.Outages;

/// <summary>A site's usual share of unknown users: the windows of the past, the older the lighter.</summary>
/// <param name="Unknown">Weighed.</param>
/// <param name="Total">Weighed.</param>
internal readonly record struct UsualRate(double Unknown, double Total)
{
    // A window of ten minutes weighs half after about a day of sending.
    private const double Decay = 0.995;

    // Lists have a few wrong addresses everywhere: two in a hundred, as sure as a hundred answers.
    private const double PriorUnknown = 2;
    private const double PriorTotal = 100;

    // Fewer answers than this are no history.
    private const double Enough = 200;

    public double Value => (Unknown + PriorUnknown) / (Total + PriorTotal);

    public bool IsKnown => Total >= Enough;

    public UsualRate After(AnswerCounts window) => new(Unknown * Decay + window.Unknown, Total * Decay + window.Total);
}
