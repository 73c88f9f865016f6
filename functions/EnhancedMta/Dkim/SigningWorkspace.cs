using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EnhancedMta.Dkim;

/// <summary>What one signature is made in.</summary>
internal sealed class SigningWorkspace
{
    private const int MaxLine = 76;

    private readonly StringBuilder _tags = new();
    private byte[] _value = new byte[2048];
    private int _length;
    private int _column;

    public List<HeaderField> Fields { get; } = [];

    public List<HeaderField> OldSignatures { get; } = [];

    public RelaxedHash Hash { get; } = new();

    /// <summary>The signature field's value so far, from after the colon.</summary>
    public ReadOnlySpan<byte> Value => _value.AsSpan(0, _length);

    public void Begin(DkimKey key, long timestamp)
    {
        _length = 0;
        _tags.Clear().Append(CultureInfo.InvariantCulture,
            $" v=1; a={key.Algorithm}; c=relaxed/relaxed; d={key.Domain};\r\n\ts={key.Selector}; t={timestamp};\r\n\th=");
        foreach (var chunk in _tags.GetChunks())
            _length += Encoding.ASCII.GetBytes(chunk.Span, Room(chunk.Length));
        _column = 3;
    }

    public void AddName(ReadOnlySpan<byte> name)
    {
        if (_column + name.Length + 1 > MaxLine)
        {
            Add("\r\n\t "u8);
            _column = 2;
        }
        Add(name);
        Add(":"u8);
        _column += name.Length + 1;
    }

    /// <summary>Ends the list of names, whose last colon is one too many.</summary>
    public void EndNames()
    {
        if (Value[^1] == ':')
            _length--;
        Add(";\r\n\tbh="u8);
    }

    public void AddBodyHash(ReadOnlySpan<byte> hash)
    {
        AddBase64(hash);
        Add(";\r\n\tb="u8);
    }

    public void AddSignature(ReadOnlySpan<byte> signature)
    {
        // RFC 6376 §3.5: white space in the value of b= is ignored. 54 octets make 72 characters.
        for (var at = 0; at < signature.Length; at += 54)
        {
            if (at > 0)
                Add("\r\n\t "u8);
            AddBase64(signature[at..Math.Min(signature.Length, at + 54)]);
        }
    }

    private void AddBase64(ReadOnlySpan<byte> octets)
    {
        Base64.EncodeToUtf8(octets, Room(Base64.GetMaxEncodedToUtf8Length(octets.Length)), out _, out var written);
        _length += written;
    }

    private void Add(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Room(octets.Length));
        _length += octets.Length;
    }

    private Span<byte> Room(int needed)
    {
        if (_length + needed > _value.Length)
            Array.Resize(ref _value, Math.Max(_value.Length * 2, _length + needed));
        return _value.AsSpan(_length);
    }
}
