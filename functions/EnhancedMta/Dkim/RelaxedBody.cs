using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>SHA-256 over bodies in the relaxed form (RFC 6376 §3.4.4). For one thread.</summary>
internal sealed class RelaxedBody : IDisposable
{
    // Pieces shorter than this are gathered: handing one over to the hash costs more than copying it.
    private const int ShortPiece = 512;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = new byte[8 * 1024];
    private int _filled;

    /// <summary>Lines without white space at their ends and with single spaces, no empty lines at the end.</summary>
    /// <param name="body">With CRLF line ends.</param>
    /// <param name="hash">Gets 32 octets.</param>
    public void Hash(ReadOnlySpan<byte> body, Span<byte> hash)
    {
        var rest = WithoutEnd(body);
        var isEmpty = rest.IsEmpty;
        // Nearly all of a body is in the relaxed form already and goes to the hash as it stands.
        while (!rest.IsEmpty)
        {
            var odd = IndexOfOddSpace(rest);
            if (odd < 0)
            {
                Add(rest);
                break;
            }
            Add(rest[..odd]);
            rest = rest[odd..].TrimStart(" \t"u8);
            if (!rest.StartsWith("\r\n"u8))
                Add(" "u8);
        }
        if (!isEmpty)
            Add("\r\n"u8);
        Flush();
        _hash.GetHashAndReset(hash);
    }

    public void Dispose() => _hash.Dispose();

    // Without white space and empty lines at the end, and without the last line's end.
    private static ReadOnlySpan<byte> WithoutEnd(ReadOnlySpan<byte> body)
    {
        while (true)
        {
            body = body.TrimEnd(" \t"u8);
            if (!body.EndsWith("\r\n"u8))
                return body;
            body = body[..^2];
        }
    }

    /// <summary>Where the relaxed form begins to differ: at a tab, or at a space before white space or a line end. -1 when nowhere.</summary>
    private static int IndexOfOddSpace(ReadOnlySpan<byte> text)
    {
        var at = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref var first = ref MemoryMarshal.GetReference(text);
            // Each octet is looked at together with the one after it.
            for (; at + Vector128<byte>.Count < text.Length; at += Vector128<byte>.Count)
            {
                var here = Vector128.LoadUnsafe(ref first, (nuint)at);
                var next = Vector128.LoadUnsafe(ref first, (nuint)at + 1);
                var tab = Vector128.Create((byte)'\t');
                var space = Vector128.Create((byte)' ');
                var isOdd = Vector128.Equals(here, tab)
                    | (Vector128.Equals(here, space) & (Vector128.Equals(next, space) | Vector128.Equals(next, tab) | Vector128.Equals(next, Vector128.Create((byte)'\r'))));
                if (isOdd != Vector128<byte>.Zero)
                    return at + BitOperations.TrailingZeroCount(isOdd.ExtractMostSignificantBits());
            }
        }
        for (; at < text.Length; at++)
        {
            if (text[at] == '\t' || (text[at] == ' ' && at + 1 < text.Length && text[at + 1] is (byte)' ' or (byte)'\t' or (byte)'\r'))
                return at;
        }
        return -1;
    }

    private void Add(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _block.Length - _filled)
            Flush();
        if (octets.Length >= ShortPiece)
        {
            Flush();
            _hash.AppendData(octets);
            return;
        }
        octets.CopyTo(_block.AsSpan(_filled));
        _filled += octets.Length;
    }

    private void Flush()
    {
        if (_filled > 0)
            _hash.AppendData(_block, 0, _filled);
        _filled = 0;
    }
}
