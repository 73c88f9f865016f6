using System.Buffers;
using System.Globalization;
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
    /// <param name="messageId">Of the message.</param>
    /// <param name="deliveryId">Its delivery's.</param>
    /// <param name="seal">Of <see cref="ReturnPaths.ReturnPathCodec.Seal(string, string)"/>.</param>
    /// <param name="domain">Of the From address.</param>
    public static string FieldValue(string messageId, string deliveryId, string seal, string domain) =>
        $"<{Atom(messageId)}.{Atom(deliveryId)}.{seal}@{domain}>";

    /// <summary>Reads what <see cref="FieldValue"/> wrote; false for a Message-ID of any other form.</summary>
    /// <param name="field">With or without angle brackets.</param>
    /// <param name="deliveryId">Of the message.</param>
    /// <param name="messageId">Of the message.</param>
    /// <param name="seal">Yet to be proven; empty when there is none.</param>
    public static bool TryRead(string? field, out string deliveryId, out string messageId, out string seal)
    {
        (deliveryId, messageId, seal) = ("", "", "");
        var text = field.AsSpan().Trim().Trim("<>");
        var at = text.LastIndexOf('@');
        var dot = at < 0 ? -1 : text[..at].IndexOf('.');
        if (dot < 1 || dot + 1 >= at || at > 4 * MaxLength)
            return false;
        var rest = text[(dot + 1)..at];
        if (rest.LastIndexOf('.') is >= 0 and var last)
        {
            seal = rest[(last + 1)..].ToString();
            rest = rest[..last];
        }
        return TryReadAtom(text[..dot], out messageId) && TryReadAtom(rest, out deliveryId);
    }

    private static bool TryReadAtom(ReadOnlySpan<char> atom, out string id)
    {
        id = "";
        var octets = new List<byte>(atom.Length);
        for (var i = 0; i < atom.Length; i++)
        {
            if (Plain.Contains(atom[i]))
                octets.Add((byte)atom[i]);
            else if (atom[i] == '=' && i + 2 < atom.Length && byte.TryParse(atom.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                return false;
            }
        }
        id = Encoding.UTF8.GetString([.. octets]);
        return id.Length > 0;
    }

    /// <summary>Both ids as they may stand before the @ of a msg-id; different ones stay different.</summary>
    public static string LocalPart(string messageId, string deliveryId) => $"{Atom(messageId)}.{Atom(deliveryId)}";

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
