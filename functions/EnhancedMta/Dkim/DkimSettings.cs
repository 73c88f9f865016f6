using System.Net;
using EnhancedMta.Addresses;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Dkim;

/// <summary>One signing key of the settings.</summary>
/// <param name="Domain">Signs for itself and, unless a closer domain has keys, for all below it. Lower case, A-labels.</param>
/// <param name="Selector">Where the public key is.</param>
/// <param name="PrivateKey">Where the private one is.</param>
public sealed record DkimKeySetting(string Domain, string Selector, PrivateKeyOrigin PrivateKey);

/// <summary>Who signs, and who need not.</summary>
public sealed class DkimSettings
{
    /// <summary>In <see cref="UnsignedDomains"/>: every domain without a key.</summary>
    public const string Any = "*";

    internal const string UnsignedSetting = "EnhancedMta__Dkim__Unsigned";
    internal const string VaultSetting = "EnhancedMta__Dkim__VaultUri";

    public static DkimSettings None { get; } = new();

    public IReadOnlyList<DkimKeySetting> Keys { get; init; } = [];

    /// <summary>Domains whose mail goes out unsigned, with all below them that have no key; or <see cref="Any"/>.</summary>
    public IReadOnlySet<string> UnsignedDomains { get; init; } = new HashSet<string>();

    /// <summary>Key Vault with further keys; null for none.</summary>
    public Uri? Vault { get; init; }

    /// <summary>Each must show a new key's record before it signs; empty for the servers that all other questions go to.</summary>
    public IReadOnlyList<IPEndPoint> NameServers { get; init; } = [];

    /// <param name="section"><c>EnhancedMta:Dkim</c>; may be missing.</param>
    /// <param name="faults">Gets one line for each setting that cannot be used. No line holds a value that may be secret.</param>
    public static DkimSettings Read(IConfigurationSection section, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(faults);
        var keys = new List<DkimKeySetting>();
        foreach (var child in section.GetChildren())
        {
            if (child.Key.All(char.IsAsciiDigit))
                ReadKey(child, keys, faults);
            else if (child.Key.ToUpperInvariant() is not ("UNSIGNED" or "VAULTURI" or "NAMESERVERS"))
                faults.Add($"{Setting(child)}: there is no such setting; keys are numbered, such as {Setting(section)}__0__Domain.");
        }
        var unsigned = ReadUnsigned(section.GetSection("Unsigned"), faults);
        foreach (var both in keys.Select(key => key.Domain).Distinct().Where(unsigned.Contains))
            faults.Add($"{UnsignedSetting}: '{both}' has a key; its mail is either signed or not.");
        return new DkimSettings
        {
            Keys = keys,
            UnsignedDomains = unsigned,
            Vault = ReadVault(section.GetSection("VaultUri"), faults),
            NameServers = [.. section.GetSection("NameServers").GetChildren().Select(server => ReadServer(server, faults)).OfType<IPEndPoint>()],
        };
    }

    private static void ReadKey(IConfigurationSection section, List<DkimKeySetting> keys, ICollection<string> faults)
    {
        var (pem, file) = (section["PrivateKey"] ?? "", section["PrivateKeyFile"] ?? "");
        if (pem.Length > 0 == file.Length > 0)
            faults.Add($"{Setting(section)}: set one of PrivateKey (PEM text) and PrivateKeyFile.");
        // A key in the place of a path would be printed as one.
        else if (LooksLikeKey(file))
            faults.Add($"{Setting(section)}__PrivateKeyFile: is a key, not the path of one; give it as PrivateKey.");
        foreach (var (name, what) in new[] { ("Domain", "the signing domain"), ("Selector", "the name under which the public key is published") })
        {
            if (string.IsNullOrEmpty(section[name]))
                faults.Add($"{Setting(section)}__{name}: is missing; it is {what}.");
        }
        if (section["Domain"] is not { Length: > 0 } domain || section["Selector"] is not { Length: > 0 } selector)
            return;
        if (DkimName.Fault(ref domain, ref selector) is { } fault)
            faults.Add($"{Setting(section)}: {fault}.");
        else if (keys.Exists(key => key.Domain == domain && key.Selector == selector))
            faults.Add($"{Setting(section)}: the key {DkimName.RecordName(domain, selector)} is given twice.");
        else
            keys.Add(new DkimKeySetting(domain, selector, pem.Length > 0 ? PrivateKeyOrigin.Pem(pem) : PrivateKeyOrigin.File(file)));
    }

    private static bool LooksLikeKey(string path) =>
        path.Contains("PRIVATE KEY", StringComparison.Ordinal)
        || (path.Length >= 40 && !File.Exists(path) && Convert.TryFromBase64String(path, new byte[path.Length], out _));

    private static HashSet<string> ReadUnsigned(IConfigurationSection section, ICollection<string> faults)
    {
        var unsigned = new HashSet<string>(StringComparer.Ordinal);
        // One value, or a list.
        foreach (var value in (section.Value is null ? section.GetChildren() : [section]).Where(child => !string.IsNullOrEmpty(child.Value)))
        {
            if (value.Value == Any)
                unsigned.Add(Any);
            else if (DomainName.TryEncode(value.Value!.Trim(), out var domain, out var error))
                unsigned.Add(domain);
            else
                faults.Add($"{Setting(value)}: must be a domain, or {Any} for all without a key: {error}.");
        }
        return unsigned;
    }

    private static Uri? ReadVault(IConfigurationSection section, ICollection<string> faults)
    {
        if (string.IsNullOrEmpty(section.Value))
            return null;
        if (Uri.TryCreate(section.Value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps)
            return uri;
        faults.Add($"{Setting(section)}: must be the vault's address, such as https://name.vault.azure.net/.");
        return null;
    }

    private static IPEndPoint? ReadServer(IConfigurationSection section, ICollection<string> faults)
    {
        if (IPEndPoint.TryParse(section.Value ?? "", out var server))
            return server.Port == 0 ? new IPEndPoint(server.Address, 53) : server;
        faults.Add($"{Setting(section)}: '{section.Value}' must be an address, with :port when it is not 53.");
        return null;
    }

    private static string Setting(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);
}
