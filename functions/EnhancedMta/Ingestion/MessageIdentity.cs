using System.Buffers;
using System.Text;

namespace EnhancedMta.Ingestion;

/// <summary>Rules for <c>messageId</c>, and the Message-ID field made from it.</summary>
internal static class MessageIdentity
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:@+=");

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+");

    /// <exception cref="InvalidLineException">It is missing, too long, or has other characters.</exception>
    public static string Check(string? messageId)
    {
        if (string.IsNullOrEmpty(messageId))
            throw new InvalidLineException("messageId", "missing; give the delivery-log id of the message");
        if (messageId.Length > MaxLength || messageId.AsSpan().ContainsAnyExcept(Allowed))
            throw new InvalidLineException("messageId", $"must be 1 to {MaxLength} letters, digits or any of - . _ : @ + =");
        return messageId;
    }

    /// <summary>The value of a Message-ID field that is the same each time the message comes, and no other message's (RFC 5322 §3.6.4).</summary>
    public static string FieldValue(string messageId, string deliveryId, string domain) =>
        $"<{Atom(messageId)}.{Atom(deliveryId)}@{domain}>";

    // What an atom must not hold, or what divides the two, is written as =XX, so that different ids stay different.
    private static string Atom(string id)
    {
        if (!id.AsSpan().ContainsAnyExcept(Plain))
            return id;
        var atom = new StringBuilder(id.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(id))
        {
            if (octet < 0x80 && Plain.Contains((char)octet))
                atom.Append((char)octet);
            else
                atom.Append('=').Append(Convert.ToHexString([octet]));
        }
        return atom.ToString();
    }
}
