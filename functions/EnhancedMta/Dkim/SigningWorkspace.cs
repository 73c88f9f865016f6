using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Dkim;

/// <summary>What the signatures of one message are made in.</summary>
internal sealed class SigningWorkspace
{
    private const int MaxLine = 76;
    private const int NamesColumn = 3;

    private readonly OctetBuffer _names = new();
    private readonly OctetBuffer _signed = new();
    private readonly byte[] _bodyHash = new byte[SHA256.HashSizeInBytes];
    private int _column;
    private int _signedFields;
    private long _timestamp;

    public RelaxedBody Body { get; } = new();

    public List<HeaderField> Fields { get; } = [];

    public List<HeaderField> OldSignatures { get; } = [];

    /// <summary>The signature fields so far, whole.</summary>
    public OctetBuffer Signatures { get; } = new();

    public void Begin(ReadOnlySpan<byte> body, long timestamp)
    {
        Body.Hash(body, _bodyHash);
        _names.Clear();
        _signed.Clear();
        Signatures.Clear();
        _column = NamesColumn;
        _timestamp = timestamp;
    }

    /// <summary>Signs a field.</summary>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RelaxedHeader.Add(name, value, _signed);
        AddName(name);
    }

    /// <summary>An entry of <c>h=</c>; without a field left for it, it says that there is none.</summary>
    public void AddName(ReadOnlySpan<byte> name)
    {
        if (_names.Length > 0)
        {
            _names.Add((byte)':');
            _column++;
        }
        if (_column + name.Length + 1 > MaxLine)
        {
            _names.Add("\r\n\t "u8);
            _column = 2;
        }
        _names.Add(name);
        _column += name.Length;
    }

    /// <summary>All signed fields are in.</summary>
    public void EndFields() => _signedFields = _signed.Length;

    /// <summary>Adds a key's signature field to <see cref="Signatures"/>.</summary>
    public void Sign(DkimKey key, ReadOnlySpan<byte> fieldName)
    {
        var fields = Signatures;
        fields.Add(fieldName);
        fields.Add((byte)':');
        var value = fields.Length;
        AddText(string.Create(CultureInfo.InvariantCulture, $" v=1; a={key.Algorithm}; c=relaxed/relaxed; d={key.Domain};\r\n\ts={key.Selector}; t={_timestamp};\r\n\th="));
        fields.Add(_names.Written);
        fields.Add(";\r\n\tbh="u8);
        fields.AddBase64(_bodyHash);
        fields.Add(";\r\n\tb="u8);

        // RFC 6376 §3.7: the signed fields, and the signature's own with its value left out.
        RelaxedHeader.AddOpen(fieldName, fields.Written[value..], _signed);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_signed.Written, hash);
        _signed.TakeBack(_signed.Length - _signedFields);

        Span<byte> signature = stackalloc byte[key.SignatureLength];
        key.Sign(hash, signature);
        // RFC 6376 §3.5: white space in the value of b= is ignored. 54 octets make 72 characters.
        for (var at = 0; at < signature.Length; at += 54)
        {
            if (at > 0)
                fields.Add("\r\n\t "u8);
            fields.AddBase64(signature[at..Math.Min(signature.Length, at + 54)]);
        }
        fields.Add("\r\n"u8);
    }

    private void AddText(string text) => Encoding.ASCII.GetBytes(text, Signatures.Take(text.Length));
}
