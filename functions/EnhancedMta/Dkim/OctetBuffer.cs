using System.Buffers.Text;

namespace EnhancedMta.Dkim;

/// <summary>Octets that are put together, in memory that is used again.</summary>
internal sealed class OctetBuffer
{
    private byte[] _octets = new byte[2048];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _octets.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Forgets the last <paramref name="count"/> octets.</summary>
    public void TakeBack(int count) => _length -= count;

    public void Add(byte octet) => Take(1)[0] = octet;

    public void Add(ReadOnlySpan<byte> octets) => octets.CopyTo(Take(octets.Length));

    public void AddBase64(ReadOnlySpan<byte> octets) =>
        Base64.EncodeToUtf8(octets, Take(Base64.GetMaxEncodedToUtf8Length(octets.Length)), out _, out _);

    /// <summary>The next <paramref name="count"/> octets, for the caller to fill.</summary>
    public Span<byte> Take(int count)
    {
        if (_length + count > _octets.Length)
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _length + count));
        var taken = _octets.AsSpan(_length, count);
        _length += count;
        return taken;
    }
}
