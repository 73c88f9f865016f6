namespace EnhancedMta.TlsReports;

/// <summary>Who reports, by the settings <c>EnhancedMta__TlsReports__…</c>.</summary>
/// <param name="From">Sender of report mails, and the contact that reports name; null: no reports.</param>
/// <param name="Organization">Name in reports; usually the sender's domain.</param>
public sealed record TlsReportOptions(string? From, string Organization)
{
    public static TlsReportOptions None { get; } = new(null, "");

    public bool IsOn => From is not null;

    /// <summary>Domain of <see cref="From"/>: the submitter (RFC 8460 §5.3).</summary>
    public string Submitter => From![(From!.LastIndexOf('@') + 1)..];
}
