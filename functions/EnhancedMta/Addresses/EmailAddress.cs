using System.Diagnostics.CodeAnalysis;

namespace EnhancedMta.Addresses;

/// <summary>A mailbox address that was checked once, where it came in (RFC 5321 §4.1.2, RFC 6531 §3.3).</summary>
/// <param name="LocalPart">As given; UTF-8 allowed, no control characters.</param>
/// <param name="Domain">Lower case, A-labels (RFC 5891).</param>
public sealed partial record EmailAddress(string LocalPart, string Domain)
{
    /// <summary>RFC 5321 §4.5.3.1.3 allows a path of 256 octets, of which two are its angle brackets.</summary>
    public const int MaxLength = 254;

    /// <summary>The local part needs SMTPUTF8 on the way.</summary>
    public bool NeedsSmtpUtf8 => !System.Text.Ascii.IsValid(LocalPart);

    /// <summary>
    /// Reads a bare <c>local@domain</c>. The local part may be quoted and may be UTF-8; the domain may be in U-labels.
    /// The error says what is wrong, without the field's name; it is safe to print.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        if (string.IsNullOrEmpty(text))
        {
            error = "the address is empty";
            return false;
        }
        if (text.AsSpan().ContainsAny('\r', '\n'))
        {
            error = "the address contains a line break";
            return false;
        }
        // The last @ divides: a quoted local part may contain more of them.
        var at = text.LastIndexOf('@');
        if (at < 0)
        {
            error = $"{Quote(text)} has no @";
            return false;
        }
        var local = text[..at];
        error = LocalPartFault(local);
        if (error is null && DomainName.TryEncode(text[(at + 1)..], out var domain, out error))
        {
            address = new EmailAddress(local, domain);
            if (System.Text.Encoding.UTF8.GetByteCount(local) + 1 + domain.Length <= MaxLength)
                return true;
            address = null;
            error = $"the address is longer than {MaxLength} octets";
        }
        error = $"{Quote(text)}: {error}";
        return false;
    }

    public override string ToString() => $"{LocalPart}@{Domain}";

    /// <summary>An excerpt of bad input that is safe in an error text: control characters replaced, length bounded.</summary>
    internal static string Quote(string text)
    {
        const int Shown = 80;
        var excerpt = text.Length <= Shown ? text : text[..Shown] + "…";
        return string.Create(excerpt.Length + 2, excerpt, static (span, from) =>
        {
            span[0] = span[^1] = '\'';
            for (var i = 0; i < from.Length; i++)
                span[i + 1] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
        });
    }
}
