using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EnhancedMta.Packs.Brotli;

/// <summary>Writes bits, the least significant first (RFC 7932 §1.5.1).</summary>
internal sealed class BitWriter
{
    private byte[] _octets = new byte[4096];
    private int _length;
    private ulong _bits;
    private int _count;

    /// <summary>The whole octets so far.</summary>
    public ReadOnlySpan<byte> Written => _octets.AsSpan(0, _length);

    /// <summary>Makes room, so that <see cref="Write"/> need not look.</summary>
    /// <param name="octets">That will be written at most.</param>
    public void Reserve(int octets)
    {
        var needed = _length + octets + sizeof(ulong);
        if (needed > _octets.Length)
            Array.Resize(ref _octets, Math.Max(needed, 2 * _octets.Length));
    }

    /// <param name="value">No more than <paramref name="count"/> bits.</param>
    /// <param name="count">At most 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint value, int count)
    {
        _bits |= (ulong)value << _count;
        _count += count;
        if (_count < 32)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(_octets.AsSpan(_length), (uint)_bits);
        _length += sizeof(uint);
        _bits >>= 32;
        _count -= 32;
    }

    /// <summary>Ends the last octet.</summary>
    public void End()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_octets.AsSpan(_length), _bits);
        _length += (_count + 7) / 8;
        (_bits, _count) = (0, 0);
    }
}
