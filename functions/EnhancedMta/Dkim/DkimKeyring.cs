using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>One entry of the signing keys' setting.</summary>
/// <param name="Domain">Signs for itself and, unless a closer entry does, for all below it.</param>
/// <param name="Selector">Where the public key is.</param>
/// <param name="PrivateKey">PEM text, or the path of a file with it.</param>
public sealed record DkimKeySetting(string Domain, string Selector, string PrivateKey);

/// <summary>What the keyring has for a domain.</summary>
public abstract record DkimKeyLookup
{
    private DkimKeyLookup()
    {
    }

    /// <summary>No key is configured for the domain or one above it: its mail goes out unsigned.</summary>
    public sealed record NotConfigured : DkimKeyLookup;

    public sealed record Found(DkimKey Key) : DkimKeyLookup;

    /// <summary>A key is configured and cannot be used: mail must not go out unsigned instead.</summary>
    public sealed record Broken(string Reason) : DkimKeyLookup;
}

/// <summary>The configured signing keys, read once.</summary>
public sealed class DkimKeyring : IDisposable
{
    private static readonly DkimKeyLookup.NotConfigured None = new();

    private readonly Dictionary<string, DkimKeyLookup> _keys = new(StringComparer.OrdinalIgnoreCase);

    public DkimKeyring(IEnumerable<DkimKeySetting> settings)
    {
        foreach (var setting in settings)
        {
            if (!_keys.TryAdd(setting.Domain.Trim(), Load(setting)))
                throw new FormatException($"DKIM key '{setting.Domain}' is given twice.");
        }
    }

    /// <summary>What could not be loaded, as <c>domain: reason</c>, to be said at the start.</summary>
    public IEnumerable<string> Faults => _keys
        .Where(pair => pair.Value is DkimKeyLookup.Broken)
        .Select(pair => $"{pair.Key}: {((DkimKeyLookup.Broken)pair.Value).Reason}");

    /// <summary>The key of the From domain, or of the closest domain above it (relaxed alignment, RFC 7489 §3.1.1).</summary>
    public DkimKeyLookup Find(string domain)
    {
        var byName = _keys.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var name = domain.AsSpan(); !name.IsEmpty && _keys.Count > 0;)
        {
            if (byName.TryGetValue(name, out var lookup))
                return lookup;
            var dot = name.IndexOf('.');
            name = dot < 0 ? default : name[(dot + 1)..];
        }
        return None;
    }

    public void Dispose()
    {
        foreach (var found in _keys.Values.OfType<DkimKeyLookup.Found>())
            found.Key.Dispose();
    }

    private static DkimKeyLookup Load(DkimKeySetting setting)
    {
        var isPem = setting.PrivateKey.Contains("-----BEGIN", StringComparison.Ordinal);
        try
        {
            if (!IsTagSafe(setting.Domain.Trim()) || !IsTagSafe(setting.Selector))
                return new DkimKeyLookup.Broken("domain and selector must be domain names");
            // Environment variables often carry a PEM text's line ends as \n.
            var pem = isPem ? setting.PrivateKey.Replace("\\n", "\n", StringComparison.Ordinal) : File.ReadAllText(setting.PrivateKey);
            return new DkimKeyLookup.Found(RsaDkimKey.FromPem(setting.Domain.Trim().ToLowerInvariant(), setting.Selector, pem));
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new DkimKeyLookup.Broken(isPem ? fault.Message : $"{setting.PrivateKey}: {fault.Message}");
        }
    }

    private static bool IsTagSafe(string name) => Uri.CheckHostName(name) == UriHostNameType.Dns;
}
