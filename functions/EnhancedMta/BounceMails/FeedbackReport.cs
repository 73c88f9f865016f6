using EnhancedMta.Bounces;

namespace EnhancedMta.BounceMails;

/// <param name="Kind">What it reports.</param>
/// <param name="Recipients">Empty when blacked out.</param>
/// <param name="ReturnPaths">As the report gives them.</param>
internal sealed record FeedbackReport(BounceReportKind Kind, IReadOnlyList<string> Recipients, IReadOnlyList<string> ReturnPaths)
{
    /// <summary>A complaint has a recipient even when nobody may know the address; a DMARC report need have none.</summary>
    public IReadOnlyList<ReportedRecipient> Reported() =>
        Recipients.Count > 0 ? [.. Recipients.Select(address => new ReportedRecipient { Kind = Kind, Address = address })]
        : Kind == BounceReportKind.Other ? []
        : [new ReportedRecipient { Kind = Kind }];
}
