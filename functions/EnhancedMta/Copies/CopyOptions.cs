using EnhancedMta.Addresses;

namespace EnhancedMta.Copies;

/// <summary>Email BCC: who gets a copy of each message once it was delivered. Campaign's <c>EMTA_BCC_ADDRESS</c>.</summary>
/// <param name="Address">The archive; null when none is kept.</param>
/// <param name="Sender">Envelope sender of copies: names no message, so that a bounce of a copy is none of its message.</param>
public sealed record CopyOptions(EmailAddress? Address, string Sender)
{
    private const string LocalPart = "archive-copy";

    /// <summary>
    /// Copies are tried until so long after their message came in. A message is delivered within 3.5 days, so a copy has as many at least; packs
    /// are kept longer.
    /// </summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(7);

    public bool IsOn => Address is not null;

    public static CopyOptions Of(EmailAddress? address, string returnPathDomain) => new(address, $"{LocalPart}@{returnPathDomain}");

    /// <summary>Whether a bounce was sent to the copies' sender.</summary>
    public bool IsSender(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AsSpan().Trim().TrimStart('<').TrimEnd('>').Equals(Sender, StringComparison.OrdinalIgnoreCase);
    }

    public bool IsArchive(string? address) => Address is not null && string.Equals(address, Address.ToString(), StringComparison.OrdinalIgnoreCase);
}
