using System.Security.Cryptography;
using EnhancedMta.Webhooks;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Http.Access;

/// <summary>
/// The keys of the settings: <c>EnhancedMta__Keys__Read__0</c>, <c>…__Ingest__0</c>, <c>…__Admin__0</c> and, by source,
/// <c>…__Bounces__sendgrid__0</c>. Several of a role are valid side by side, so that one can take over from another.
/// </summary>
public sealed class AccessKeys
{
    private readonly IReadOnlyList<AccessKey> _keys;

    private AccessKeys(IReadOnlyList<AccessKey> keys) => _keys = keys;

    public static AccessKeys None { get; } = new([]);

    public bool IsEmpty => _keys.Count == 0;

    /// <summary>What may stand behind <c>Bounces__</c>.</summary>
    private static IReadOnlyList<string> Sources { get; } = ["dsn", "arf", .. WebhookReceiver.Sources];

    /// <param name="section"><c>EnhancedMta:Keys</c>.</param>
    /// <param name="faults">Gets one line for each fault.</param>
    public static AccessKeys Read(IConfigurationSection section, List<string> faults)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(faults);
        var keys = new List<AccessKey>();
        foreach (var role in section.GetChildren())
        {
            if (!Enum.TryParse<Role>(role.Key, ignoreCase: true, out var known) || known == Role.Anyone || !char.IsLetter(role.Key[0]))
                faults.Add($"{Setting(role)}: is no role; roles are Read, Ingest, Bounces and Admin.");
            else if (known != Role.Bounces)
                ReadAll(role, known, null, keys, faults);
            else
                ReadSources(role, keys, faults);
        }
        return keys.Count == 0 ? None : new(keys);
    }

    /// <summary>Those that a sent key is equal to: a key may be of several roles. The time that it takes tells nothing about any of them.</summary>
    public IReadOnlyList<AccessKey> Find(string sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        var hash = AccessKey.HashOf(sent);
        var found = new List<AccessKey>();
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash.Span))
                found.Add(key);
        }
        return found;
    }

    private static void ReadSources(IConfigurationSection bounces, List<AccessKey> keys, List<string> faults)
    {
        foreach (var source in bounces.GetChildren())
        {
            if (Sources.Contains(source.Key, StringComparer.OrdinalIgnoreCase))
                ReadAll(source, Role.Bounces, source.Key.ToLowerInvariant(), keys, faults);
            else
                faults.Add($"{Setting(source)}: is no source; sources are {string.Join(", ", Sources)}.");
        }
    }

    private static void ReadAll(IConfigurationSection section, Role role, string? source, List<AccessKey> keys, List<string> faults)
    {
        if (section.Value is { Length: > 0 })
            faults.Add($"{Setting(section)}: a number belongs behind it, as in {Setting(section)}__0.");
        foreach (var key in section.GetChildren().Where(key => key.Value is { Length: > 0 }))
        {
            if (AccessKey.ReadHash(key.Value!, out var fault) is { } hash)
                keys.Add(new AccessKey(role, source, hash));
            else
                faults.Add($"{Setting(key)}: {fault}");
        }
    }

    private static string Setting(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);
}
