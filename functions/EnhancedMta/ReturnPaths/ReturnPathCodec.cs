using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.ReturnPaths;

/// <summary>
/// Envelope senders that name their message and cannot be forged (VERP): <c>b-{token}@domain</c>. The token is base32 of
/// format and kind of id (1), hash of the delivery id (6), shard (1–5), message id (0–18), MAC (8): at most 38 octets,
/// so that the local part has at most 63 of the 64 that RFC 5321 §4.5.3.1.1 allows, whatever the ids.
/// </summary>
public sealed class ReturnPathCodec
{
    private const string Prefix = "b-";
    private const byte Format = 0x10;
    private const int DeliveryHashLength = 6;
    private const int MacLength = 8;
    private const byte SealFormat = 0x20;
    private const int SealLength = 5;
    private const int MinKeyLength = 16;
    private const int MaxToken = 1 + DeliveryHashLength + VarInt.MaxInt32 + MessageReference.MaxLength + MacLength;
    private const int MinToken = 1 + DeliveryHashLength + 1 + MacLength;

    private readonly byte[][] _keys;
    private readonly string _domain;

    /// <param name="keys">The first one signs, all verify: a new key is put in front, and the old one stays as long as bounces may come.</param>
    /// <param name="domain">Of the return paths, in A-labels.</param>
    public ReturnPathCodec(IReadOnlyList<byte[]> keys, string domain)
    {
        if (keys.Count == 0 || keys.Any(key => key.Length < MinKeyLength))
            throw new ArgumentException($"At least one key is needed, and each must have {MinKeyLength} octets or more.", nameof(keys));
        _keys = [.. keys.Select(key => key.ToArray())];
        _domain = domain;
    }

    /// <summary>Twelve hexadecimal digits that stand for a delivery in its return paths.</summary>
    public static string DeliveryKey(string deliveryId)
    {
        Span<byte> hash = stackalloc byte[DeliveryHashLength];
        HashDelivery(deliveryId, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>What stands for a message in its return path; equal for equal ids only (64-bit hash when the id is long).</summary>
    public static string MessageKey(string messageId)
    {
        Span<byte> octets = stackalloc byte[MessageReference.MaxLength];
        var kind = MessageReference.Write(messageId, octets, out var length);
        return MessageReference.Key(kind, octets[..length]);
    }

    /// <param name="deliveryId">Campaign's.</param>
    /// <param name="shard">0 or more.</param>
    /// <param name="messageId">Campaign's.</param>
    public string Encode(string deliveryId, int shard, string messageId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        Span<byte> token = stackalloc byte[MaxToken];
        HashDelivery(deliveryId, token.Slice(1, DeliveryHashLength));
        var length = 1 + DeliveryHashLength;
        length += VarInt.Write((uint)shard, token[length..]);
        var kind = MessageReference.Write(messageId, token[length..], out var messageLength);
        token[0] = (byte)(Format | (byte)kind);
        length += messageLength;
        Sign(_keys[0], token[..length], token.Slice(length, MacLength));
        return string.Concat(Prefix, Base32.Encode(token[..(length + MacLength)]), "@", _domain);
    }

    /// <summary>Reads an address that a bounce was sent to; false unless one of the keys signed it. Letter case does not matter.</summary>
    public bool TryDecode(string? address, [NotNullWhen(true)] out ReturnPath? path)
    {
        path = null;
        var text = address.AsSpan().Trim().TrimStart('<').TrimEnd('>');
        var at = text.LastIndexOf('@');
        if (at < Prefix.Length || !text[(at + 1)..].Equals(_domain, StringComparison.OrdinalIgnoreCase)
            || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        Span<byte> buffer = stackalloc byte[MaxToken];
        if (!Base32.TryDecode(text[Prefix.Length..at], buffer, out var length) || length < MinToken)
            return false;
        ReadOnlySpan<byte> token = buffer[..(length - MacLength)];
        if (!IsSigned(token, buffer.Slice(token.Length, MacLength)) || (token[0] & 0xF0) != Format)
            return false;

        var rest = token[(1 + DeliveryHashLength)..];
        if (!VarInt.TryRead(ref rest, out var shard) || shard > int.MaxValue)
            return false;
        var kind = (MessageReferenceKind)(token[0] & 0x0F);
        if (!MessageReference.TryRead(kind, rest, out var messageId))
            return false;
        path = new ReturnPath(Convert.ToHexStringLower(token.Slice(1, DeliveryHashLength)), (int)shard, MessageReference.Key(kind, rest), messageId);
        return true;
    }

    /// <summary>Eight letters and digits that only we can have made for this message, for its Message-ID.</summary>
    public string Seal(string deliveryId, string messageId) => Base32.Encode(Seal(_keys[0], deliveryId, messageId));

    /// <summary>Whether one of the keys made the seal for this message.</summary>
    public bool IsSeal(ReadOnlySpan<char> seal, string deliveryId, string messageId)
    {
        Span<byte> octets = stackalloc byte[SealLength];
        if (seal.Length != Base32Length(SealLength) || !Base32.TryDecode(seal, octets, out var length) || length != SealLength)
            return false;
        var made = false;
        foreach (var key in _keys)
            made |= CryptographicOperations.FixedTimeEquals(Seal(key, deliveryId, messageId), octets);
        return made;
    }

    private static int Base32Length(int octets) => (octets * 8 + 4) / 5;

    private static byte[] Seal(byte[] key, string deliveryId, string messageId)
    {
        // The hash has one length, so where the one id ends and the other begins is no question.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(deliveryId), hash);
        byte[] named = [SealFormat, .. hash, .. Encoding.UTF8.GetBytes(messageId)];
        return HMACSHA256.HashData(key, named)[..SealLength];
    }

    // Every key is tried to the end: the time tells neither how much of a MAC was right nor whose it was.
    private bool IsSigned(ReadOnlySpan<byte> token, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[MacLength];
        var signed = false;
        foreach (var key in _keys)
        {
            Sign(key, token, expected);
            signed |= CryptographicOperations.FixedTimeEquals(expected, mac);
        }
        return signed;
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> token, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, token, full);
        full[..MacLength].CopyTo(mac);
    }

    private static void HashDelivery(string deliveryId, Span<byte> hash)
    {
        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(deliveryId), full);
        full[..hash.Length].CopyTo(hash);
    }
}
