namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>Bounce mails of the standard form (RFC 3464), as a receiving server would send them.</summary>
internal static class SampleBounces
{
    public static string Failed(string returnPath, string recipient, string status, string diagnostic) => $"""
        From: Mail Delivery System <mailer-daemon@recipients.example>
        To: <{returnPath}>
        Subject: Undelivered mail
        Date: Tue, 24 Nov 2026 10:00:00 +0000
        Message-ID: <{Guid.NewGuid():N}@recipients.example>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="part"

        --part
        Content-Type: text/plain

        Your message could not be delivered.
        --part
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.recipients.example
        Arrival-Date: Tue, 24 Nov 2026 09:59:00 +0000

        Final-Recipient: rfc822; {recipient}
        Action: failed
        Status: {status}
        Remote-MTA: dns; store.recipients.example
        Diagnostic-Code: smtp; {diagnostic}

        --part--

        """.ReplaceLineEndings("\r\n");
}
