using System.Buffers;
using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>SHA-256 over header fields and bodies in the relaxed form (RFC 6376 §3.4.2, §3.4.4). For one thread.</summary>
internal sealed class RelaxedHash : IDisposable
{
    private static readonly SearchValues<byte> Breaks = SearchValues.Create(" \t\r"u8);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    // What is gathered before it is hashed: the relaxed form comes in many short pieces.
    private readonly byte[] _block = new byte[8 * 1024];
    private int _filled;

    /// <summary>Name in lower case, value unfolded with single spaces.</summary>
    /// <param name="name">Without colon.</param>
    /// <param name="value">After the colon, with or without its CRLF.</param>
    /// <param name="isLast">The signature's own field goes in without the CRLF (RFC 6376 §3.7).</param>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isLast = false)
    {
        foreach (var octet in name)
            Add(octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet);
        Add((byte)':');
        var isBegun = false;
        var isSpaced = false;
        while (!value.IsEmpty)
        {
            var word = value.IndexOfAny(" \t\r\n"u8);
            if (word != 0)
            {
                if (isSpaced && isBegun)
                    Add((byte)' ');
                (isBegun, isSpaced) = (true, false);
                var part = word < 0 ? value : value[..word];
                Add(part);
                value = value[part.Length..];
                continue;
            }
            // Line ends vanish; only white space makes a space.
            isSpaced |= value[0] is (byte)' ' or (byte)'\t';
            value = value[1..];
        }
        if (!isLast)
            Add("\r\n"u8);
    }

    /// <summary>Lines without white space at their ends and with single spaces, no empty lines at the end.</summary>
    public void AddBody(ReadOnlySpan<byte> body)
    {
        var emptyLines = 0;
        var isLineBegun = false;
        var isSpaced = false;
        while (!body.IsEmpty)
        {
            var word = body.IndexOfAny(Breaks);
            if (word != 0)
            {
                var part = word < 0 ? body : body[..word];
                BeginPart(ref emptyLines, ref isLineBegun, ref isSpaced);
                Add(part);
                body = body[part.Length..];
            }
            else if (body[0] != '\r')
            {
                isSpaced = true;
                body = body[1..];
            }
            else if (body.StartsWith("\r\n"u8))
            {
                // An empty line counts when something comes after it.
                if (isLineBegun)
                    Add("\r\n"u8);
                else
                    emptyLines++;
                (isLineBegun, isSpaced) = (false, false);
                body = body[2..];
            }
            else
            {
                BeginPart(ref emptyLines, ref isLineBegun, ref isSpaced);
                Add((byte)'\r');
                body = body[1..];
            }
        }
        if (isLineBegun)
            Add("\r\n"u8);
    }

    /// <summary>The hash of all that was added, and a fresh start.</summary>
    public void Finish(Span<byte> hash)
    {
        Flush();
        _hash.GetHashAndReset(hash);
    }

    public void Dispose() => _hash.Dispose();

    private void BeginPart(ref int emptyLines, ref bool isLineBegun, ref bool isSpaced)
    {
        for (; emptyLines > 0; emptyLines--)
            Add("\r\n"u8);
        if (isSpaced)
            Add((byte)' ');
        (isLineBegun, isSpaced) = (true, false);
    }

    private void Add(byte octet)
    {
        if (_filled == _block.Length)
            Flush();
        _block[_filled++] = octet;
    }

    private void Add(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _block.Length - _filled)
            Flush();
        if (octets.Length > _block.Length)
        {
            _hash.AppendData(octets);
            return;
        }
        octets.CopyTo(_block.AsSpan(_filled));
        _filled += octets.Length;
    }

    private void Flush()
    {
        _hash.AppendData(_block, 0, _filled);
        _filled = 0;
    }
}
