namespace EnhancedMta.Addresses;

/// <summary>A mailbox address that was checked once, where it came in (RFC 5321 §4.1.2, RFC 6531 §3.3).</summary>
/// <param name="LocalPart">As given; UTF-8 allowed, no control characters.</param>
/// <param name="Domain">Lower case, A-labels (RFC 5891).</param>
public sealed partial record EmailAddress(string LocalPart, string Domain)
{
    /// <summary>The local part needs SMTPUTF8 on the way.</summary>
    public bool NeedsSmtpUtf8 => !System.Text.Ascii.IsValid(LocalPart);

    public override string ToString() => $"{LocalPart}@{Domain}";
}
