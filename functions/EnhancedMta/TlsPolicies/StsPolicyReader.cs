using System.Globalization;
using System.Text;

namespace EnhancedMta.TlsPolicies;

/// <summary>Reads what domains publish of MTA-STS: the TXT record that announces, and the policy itself.</summary>
internal static class StsPolicyReader
{
    private const int LongestId = 32;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The policy's id (RFC 8461 §3.1), or null: none is announced, or more than one, or none that can be read.</summary>
    /// <param name="records">TXT records at <c>_mta-sts</c>, the strings of each joined.</param>
    public static string? Id(IEnumerable<string> records)
    {
        string[] announced = [.. records.Where(record => Fields(record).FirstOrDefault() is ("v", "STSv1"))];
        if (announced.Length != 1)
            return null;
        var id = Fields(announced[0]).FirstOrDefault(field => field.Name == "id").Value;
        return id is { Length: > 0 and <= LongestId } && id.All(char.IsAsciiLetterOrDigit) ? id : null;
    }

    /// <summary>The policy of a body (RFC 8461 §3.2).</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static StsPolicy Policy(ReadOnlySpan<byte> body)
    {
        string text;
        try
        {
            text = Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("it is not UTF-8");
        }

        // Of a key that is there twice the first counts, but for mx.
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var mx = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            if (line.IndexOf(':') is not (> 0 and var colon))
                throw new FormatException($"'{Cut(line)}' is no 'key: value'");
            var (key, value) = (line[..colon].Trim(), line[(colon + 1)..].Trim());
            if (key == "mx")
                mx.Add(Pattern(value));
            else
                values.TryAdd(key, value);
        }

        if (values.GetValueOrDefault("version") != "STSv1")
            throw new FormatException("its version is not STSv1");
        var mode = values.GetValueOrDefault("mode") switch
        {
            "enforce" => StsMode.Enforce,
            "testing" => StsMode.Testing,
            "none" => StsMode.None,
            var other => throw new FormatException($"its mode '{Cut(other ?? "")}' is not enforce, testing or none"),
        };
        if (!int.TryParse(values.GetValueOrDefault("max_age"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > StsPolicy.LongestAge.TotalSeconds)
            throw new FormatException("its max_age is not a number of seconds up to a year");
        if (mx.Count == 0 && mode != StsMode.None)
            throw new FormatException("it names no mx");
        return new StsPolicy(mode, mx, TimeSpan.FromSeconds(seconds));
    }

    private static string Pattern(string value)
    {
        var name = value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value;
        return Uri.CheckHostName(name) == UriHostNameType.Dns ? value.TrimEnd('.').ToLowerInvariant() : throw new FormatException($"its mx '{Cut(value)}' is no host name");
    }

    private static IEnumerable<(string Name, string Value)> Fields(string record) => record
        .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(field => field.Split('=', 2, StringSplitOptions.TrimEntries))
        .Select(parts => (parts[0], parts.Length > 1 ? parts[1] : ""));

    private static string Cut(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
