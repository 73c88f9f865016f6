namespace EnhancedMta.BounceMails;

/// <summary>The fields of a header, or of a group in a report that is written like one (RFC 5322 §2.2). Bounded: what comes after is not kept.</summary>
internal sealed class MailFields
{
    private const int MaxCount = 400;
    private const int MaxLength = 64 * 1024;
    private const int MaxValue = 8 * 1024;

    private readonly List<(string Name, string Value)> _fields = [];
    private int _length;

    public int Count => _fields.Count;

    /// <summary>The first field of the name, blanks around it removed.</summary>
    public string? this[string name] => All(name).FirstOrDefault();

    public bool Has(string name) => _fields.Any(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<string> All(string name) =>
        _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    public void Add(string name, string value)
    {
        if (_fields.Count == MaxCount || _length > MaxLength)
            return;
        if (value.Length > MaxValue)
            value = value[..MaxValue];
        _length += name.Length + value.Length;
        _fields.Add((name, value.Trim()));
    }

    public void CopyTo(MailFields other)
    {
        foreach (var (name, value) in _fields)
            other.Add(name, value);
    }

    /// <summary>Reads lines up to the first blank one; lines that are no fields are skipped.</summary>
    public static MailFields Parse(IEnumerable<string> lines)
    {
        var fields = new MailFields();
        string? name = null;
        var value = new System.Text.StringBuilder();
        foreach (var line in lines)
        {
            if (string.IsNullOrWhiteSpace(line))
                break;
            if (line[0] is ' ' or '\t')
            {
                if (value.Length < MaxValue)
                    value.Append(' ').Append(line.AsSpan().Trim());
                continue;
            }
            if (name is not null)
                fields.Add(name, value.ToString());
            name = NameOf(line);
            value.Clear().Append(name is null ? "" : line.AsSpan(line.IndexOf(':') + 1).Trim());
        }
        if (name is not null)
            fields.Add(name, value.ToString());
        return fields;
    }

    /// <summary>The field's name when the line begins one: printable ASCII up to a colon (RFC 5322 §2.2).</summary>
    public static string? NameOf(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 or > 60)
            return null;
        var name = line.AsSpan(0, colon).TrimEnd();
        foreach (var c in name)
        {
            if (c is <= ' ' or > '~')
                return null;
        }
        return name.ToString();
    }
}
