namespace EnhancedMta.Bounces;

/// <summary>From a mail to what it reports.</summary>
internal static class ReadReports
{
    /// <returns>One for each recipient; all about the same message. Empty for a mail that reports on nobody.</returns>
    public static IReadOnlyList<BounceReport> Of(BounceMail mail) =>
    [
        .. mail.Recipients.Select(recipient => new BounceReport
        {
            Kind = recipient.Kind,
            Source = mail.Kind.ToString().ToLowerInvariant(),
            EventId = mail.Id,
            ReturnPaths = mail.ReturnPaths,
            OriginalMessageId = mail.OriginalMessageId,
            Recipient = recipient.Address,
            Reply = recipient.Reply,
            Status = recipient.Status,
            RemoteMta = recipient.RemoteMta,
        }),
    ];
}
