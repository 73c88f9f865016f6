using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.ReturnPaths;

/// <summary>How a token holds a message id. The values are written into tokens: they never change.</summary>
internal enum MessageReferenceKind : byte
{
    Number = 1,
    Uuid = 2,
    Ascii = 3,
    Hash = 4,
}

/// <summary>A message id in as few octets as it allows.</summary>
internal static class MessageReference
{
    public const int MaxLength = 18;

    private const int UuidLength = 16;
    private const int HashLength = 8;

    // Only what is written back to the very same text may be taken as a number or a UUID.
    public static MessageReferenceKind Write(string messageId, Span<byte> target, out int length)
    {
        if (messageId is [not '0', ..] or "0"
            && ulong.TryParse(messageId, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            length = VarInt.Write(number, target);
            return MessageReferenceKind.Number;
        }
        if (messageId.Length == 36 && !messageId.AsSpan().ContainsAnyInRange('A', 'F') && Guid.TryParseExact(messageId, "D", out var uuid))
        {
            uuid.TryWriteBytes(target, bigEndian: true, out length);
            return MessageReferenceKind.Uuid;
        }
        if (messageId.Length <= MaxLength && Ascii.IsValid(messageId))
        {
            length = Encoding.ASCII.GetBytes(messageId, target);
            return MessageReferenceKind.Ascii;
        }
        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(messageId), full);
        full[..HashLength].CopyTo(target);
        length = HashLength;
        return MessageReferenceKind.Hash;
    }

    /// <summary>False when the octets are not of that kind; the id is null for a hash.</summary>
    public static bool TryRead(MessageReferenceKind kind, ReadOnlySpan<byte> octets, out string? messageId)
    {
        messageId = null;
        switch (kind)
        {
            case MessageReferenceKind.Number when VarInt.TryRead(ref octets, out var number) && octets.IsEmpty:
                messageId = number.ToString(CultureInfo.InvariantCulture);
                return true;
            case MessageReferenceKind.Uuid when octets.Length == UuidLength:
                messageId = new Guid(octets, bigEndian: true).ToString("D");
                return true;
            case MessageReferenceKind.Ascii when Ascii.IsValid(octets):
                messageId = Encoding.ASCII.GetString(octets);
                return true;
            case MessageReferenceKind.Hash:
                return octets.Length == HashLength;
            default:
                return false;
        }
    }

    public static string Key(MessageReferenceKind kind, ReadOnlySpan<byte> octets) =>
        string.Create(CultureInfo.InvariantCulture, $"{(byte)kind}{Convert.ToHexStringLower(octets)}");
}
