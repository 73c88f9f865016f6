using EnhancedMta.Addresses;
using MimeKit;

namespace EnhancedMta.Ingestion;

/// <summary>The domain that a From field speaks for.</summary>
internal static class SenderDomain
{
    /// <summary>An unquoted comma divides mailboxes: what stands before it is then no name but half an address.</summary>
    public static readonly ParserOptions Options = new() { AllowAddressesWithoutDomain = false, AllowUnquotedCommasInAddresses = false };

    /// <summary>Domain of the first mailbox in a From field's value, which may be folded and may be UTF-8.</summary>
    /// <exception cref="InvalidLineException">There is none; <paramref name="what"/> names the message.</exception>
    public static string Of(ReadOnlySpan<byte> value, string what)
    {
        if (!InternetAddressList.TryParse(Options, value.ToArray(), out var list) || list.Count == 0)
            throw new InvalidLineException(what, "From cannot be read as an address");
        if (list[0] is not MailboxAddress mailbox)
            throw new InvalidLineException(what, "From is a group; it must be a mailbox");
        return EmailAddress.TryParse(mailbox.Address, out var address, out var error)
            ? address.Domain
            : throw new InvalidLineException(what, $"From: {error}");
    }
}
