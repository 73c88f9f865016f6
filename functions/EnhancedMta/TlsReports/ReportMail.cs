using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Deliveries;
using EnhancedMta.Ingestion;
using EnhancedMta.Retries;
using MimeKit;

namespace EnhancedMta.TlsReports;

/// <summary>Hands a report to our own pipeline as a mail (RFC 8460 §5.3): it is logged, signed, tried again, and held to limits like any other.</summary>
internal sealed class ReportMail(DeliveryStore deliveries, RelayIntake intake)
{
    private const int LongestName = 100;

    /// <summary>Accepts it. Repeated, it is a duplicate and goes out once.</summary>
    /// <returns>Why it was not accepted, or null.</returns>
    public async Task<string?> SendAsync(TlsReport report, string to, CancellationToken cancellationToken)
    {
        var deliveryId = FormattableString.Invariant($"tls-reports-{report.Day:yyyy-MM-dd}");
        var delivery = await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false)
            ?? (await deliveries.DeclareAsync(new Declaration { DeliveryId = deliveryId, Label = "TLS reports", Validity = ValidityPeriod.Longest }, cancellationToken).ConfigureAwait(false)).Delivery;
        using var body = new MemoryStream();
        await Compose(report, to).WriteToAsync(body, cancellationToken).ConfigureAwait(false);
        body.Position = 0;
        var answer = await intake.AcceptAsync(delivery, new RelayRequest(body, "message/rfc822", deliveryId) { MessageId = MessageId(report.Domain, to), To = to }, cancellationToken).ConfigureAwait(false);
        return answer.Rejected is [var rejected, ..] ? rejected.Error : null;
    }

    // The same for the same report; a domain's name may be longer than a messageId.
    private static string MessageId(string domain, string to) =>
        $"{(domain.Length > LongestName ? domain[..LongestName] : domain)}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{domain} {to}")).AsSpan(0, 8))}";

    private static MimeMessage Compose(TlsReport report, string to)
    {
        var parts = new MultipartReport("tlsrpt")
        {
            new TextPart("plain") { Text = $"This is an aggregate TLS report from {report.By.Organization} about mail for {report.Domain}.\r\n" },
            new MimePart(TlsReport.MediaType)
            {
                Content = new MimeContent(new MemoryStream(report.ToGzip())),
                ContentTransferEncoding = ContentEncoding.Base64,
                ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = report.FileName },
            },
        };
        var mail = new MimeMessage
        {
            Subject = $"Report Domain: {report.Domain} Submitter: {report.By.Submitter} Report-ID: <{report.Id}>",
            Body = parts,
            MessageId = report.Id,
        };
        mail.From.Add(MailboxAddress.Parse(report.By.From!));
        mail.To.Add(MailboxAddress.Parse(to));
        mail.Headers.Add("TLS-Report-Domain", report.Domain);
        mail.Headers.Add("TLS-Report-Submitter", report.By.Submitter);
        // RFC 8460 §5.3: a report about broken TLS must arrive all the same; RFC 8689 §5 has the words.
        mail.Headers.Add("TLS-Required", "No");
        return mail;
    }
}
