using System.Text;
using EnhancedMta.Addresses;
using MimeKit;

namespace EnhancedMta.Ingestion;

/// <summary>Header fields that a line may add to a composed message.</summary>
internal static class ComposedHeader
{
    // Trace and envelope fields are the transport's, MIME fields the composer's.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Bcc", "Resent-Bcc", "Return-Path", "Received", "DKIM-Signature", "MIME-Version", "ARC-Seal", "ARC-Message-Signature",
        "ARC-Authentication-Results", "Authentication-Results",
    };

    private static readonly Dictionary<string, string> OwnProperty = new(StringComparer.OrdinalIgnoreCase)
    {
        ["From"] = "from",
        ["To"] = "to",
        ["Subject"] = "subject",
        ["Reply-To"] = "replyTo",
    };

    /// <exception cref="InvalidLineException">The name is no field name or is reserved, or the value has line breaks.</exception>
    public static void Add(HeaderList headers, string name, string value)
    {
        var field = $"headers.{EmailAddress.Quote(name)}";
        // RFC 5322 §3.6.8: any printable ASCII but the colon.
        if (name.Length is 0 or > 76 || name.Contains(':') || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new InvalidLineException(field, "must be 1 to 76 printable ASCII characters without space and colon");
        if (Reserved.Contains(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            throw new InvalidLineException(field, "is set here and cannot be given");
        if (OwnProperty.TryGetValue(name, out var property))
            throw new InvalidLineException(field, $"give it as {property}");
        MailComposer.SingleLine(value, field);
        try
        {
            headers.Add(new Header(Encoding.UTF8, name, value));
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new InvalidLineException(field, "has a value that this field cannot have");
        }
    }
}
