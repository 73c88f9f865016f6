using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace EnhancedMta.Ingestion;

/// <summary>
/// A JSON string (RFC 8259 §7) with an escape in every line: checked and unescaped in one pass, many octets at a time. From the first escape on
/// <see cref="System.Text.Json.Utf8JsonReader"/> looks at one octet after the other, and then copies in a second pass, which was half of what reading a mail cost.
/// </summary>
internal static class LongJsonString
{
    /// <summary>Appends what the string stands for.</summary>
    /// <param name="json">From after the opening quote.</param>
    /// <param name="target">Gets UTF-8; nothing when the string is not valid.</param>
    /// <returns>Octets up to the closing quote, which counts; 0 when the string is not valid, whatever is wrong with it.</returns>
    public static int Read(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> target)
    {
        // Escapes are never shorter than what they stand for; a vector is stored whole before it is known how much of it counts.
        var text = target.GetSpan(json.Length + Vector128<byte>.Count);
        var (at, length) = (0, 0);
        while (true)
        {
            CopyPlain(json, ref at, text, ref length);
            if (at == json.Length || json[at] < ' ')
                return 0;
            if (json[at] == '"')
                break;
            if (!Unescape(json, ref at, text, ref length))
                return 0;
        }

        if (!Utf8.IsValid(text[..length]))
            return 0;
        target.Advance(length);
        return at + 1;
    }

    /// <summary>Copies up to the next octet that is not itself.</summary>
    private static void CopyPlain(ReadOnlySpan<byte> json, ref int at, Span<byte> text, ref int length)
    {
        var (from, to) = (at, length);
        if (Vector128.IsHardwareAccelerated)
        {
            ref var source = ref MemoryMarshal.GetReference(json);
            ref var target = ref MemoryMarshal.GetReference(text);
            for (; from <= json.Length - Vector128<byte>.Count; from += Vector128<byte>.Count, to += Vector128<byte>.Count)
            {
                var octets = Vector128.LoadUnsafe(ref source, (nuint)from);
                octets.StoreUnsafe(ref target, (nuint)to);
                var isSpecial = Vector128.Equals(octets, Vector128.Create((byte)'"')) | Vector128.Equals(octets, Vector128.Create((byte)'\\')) | Vector128.LessThan(octets, Vector128.Create((byte)' '));
                if (isSpecial == Vector128<byte>.Zero)
                    continue;
                var plain = BitOperations.TrailingZeroCount(isSpecial.ExtractMostSignificantBits());
                (at, length) = (from + plain, to + plain);
                return;
            }
        }

        while (from < json.Length && json[from] is not ((byte)'"' or (byte)'\\' or < (byte)' '))
            text[to++] = json[from++];
        (at, length) = (from, to);
    }

    private static bool Unescape(ReadOnlySpan<byte> json, ref int at, Span<byte> text, ref int length)
    {
        if (at + 1 >= json.Length)
            return false;
        var meant = json[at + 1] switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'"' or (byte)'\\' or (byte)'/' => (char)json[at + 1],
            _ => '\0',
        };
        if (meant == '\0')
            return json[at + 1] == 'u' && UnescapeUnit(json, ref at, text, ref length);
        text[length++] = (byte)meant;
        at += 2;
        return true;
    }

    // \u and four digits, or two such for what is beyond the basic plane.
    private static bool UnescapeUnit(ReadOnlySpan<byte> json, ref int at, Span<byte> text, ref int length)
    {
        if (!TryUnit(json[at..], out var unit))
            return false;
        at += 6;
        if (!Rune.TryCreate(unit, out var rune))
        {
            if (!TryUnit(json[at..], out var low) || !Rune.TryCreate(unit, low, out rune))
                return false;
            at += 6;
        }

        length += rune.EncodeToUtf8(text[length..]);
        return true;
    }

    private static bool TryUnit(ReadOnlySpan<byte> json, out char unit)
    {
        unit = '\0';
        if (json.Length < 6 || json[0] != '\\' || json[1] != 'u')
            return false;
        foreach (var digit in json[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            unit = (char)((unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }

        return true;
    }
}
