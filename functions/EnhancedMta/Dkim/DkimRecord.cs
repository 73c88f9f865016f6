namespace EnhancedMta.Dkim;

/// <summary>The TXT record with a key's public part (RFC 6376 §3.6.1).</summary>
/// <param name="Name">Without the dot at its end.</param>
/// <param name="Value">As verifiers read it: the strings joined.</param>
public sealed record DkimRecord(string Name, string Value)
{
    // RFC 1035 §3.3.14.
    private const int MaxString = 255;

    public string Type { get; } = "TXT";

    /// <summary>The value in strings of at most 255 octets.</summary>
    public IReadOnlyList<string> Strings { get; } = [.. Value.Chunk(MaxString).Select(part => new string(part))];

    /// <summary>As it is written in a zone file.</summary>
    public string ZoneLine => $"{Name}. 3600 IN TXT {string.Join(' ', Strings.Select(part => $"\"{part}\""))}";

    public static DkimRecord Of(DkimKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(DkimName.RecordName(key.Domain, key.Selector), $"v=DKIM1; k={key.RecordType}; p={Convert.ToBase64String(key.PublicKey.Span)}");
    }
}
