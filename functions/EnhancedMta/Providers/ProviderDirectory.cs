using System.Collections.Frozen;
using System.IO.Enumeration;
using System.Text.Json;

namespace EnhancedMta.Providers;

/// <summary>Finds whose an MX host is. The providers are data: <c>providers.json</c>.</summary>
public sealed class ProviderDirectory
{
    private readonly FrozenDictionary<string, Provider> _bySuffix;
    private readonly IReadOnlyList<(string Mask, Provider Provider)> _byMask;

    public ProviderDirectory(IReadOnlyList<Provider> providers)
    {
        ArgumentNullException.ThrowIfNull(providers);
        All = providers;
        Names = providers.Select(p => p.Name).ToFrozenSet(StringComparer.Ordinal);
        var masks = providers.SelectMany(p => p.MxMasks.Select(mask => (Mask: mask.ToLowerInvariant(), Provider: p))).ToList();
        // Nearly all masks are a suffix: one look-up for each label of a host name instead of one for each mask.
        _bySuffix = masks.Where(m => IsSuffix(m.Mask)).ToFrozenDictionary(m => m.Mask[2..], m => m.Provider, StringComparer.OrdinalIgnoreCase);
        _byMask = [.. masks.Where(m => !IsSuffix(m.Mask))];
    }

    /// <summary>Those of <c>providers.json</c>.</summary>
    public static ProviderDirectory BuiltIn { get; } = Load();

    public IReadOnlyList<Provider> All { get; }

    /// <summary>What rules may call them.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>The provider whose host it is; null for one that nobody named. The longest suffix wins.</summary>
    public Provider? Find(string mxHost)
    {
        ArgumentNullException.ThrowIfNull(mxHost);
        var host = mxHost.AsSpan().TrimEnd('.');
        var suffixes = _bySuffix.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var rest = host; !rest.IsEmpty;)
        {
            if (suffixes.TryGetValue(rest, out var provider))
                return provider;
            var dot = rest.IndexOf('.');
            rest = dot < 0 ? [] : rest[(dot + 1)..];
        }
        foreach (var (mask, provider) in _byMask)
        {
            if (FileSystemName.MatchesSimpleExpression(mask, host, ignoreCase: true))
                return provider;
        }
        return null;
    }

    private static bool IsSuffix(string mask) => mask.StartsWith("*.", StringComparison.Ordinal) && !mask.AsSpan(2).ContainsAny('*', '?');

    private static ProviderDirectory Load()
    {
        using var stream = typeof(ProviderDirectory).Assembly.GetManifestResourceStream("EnhancedMta.Providers.providers.json")!;
        return new ProviderDirectory(JsonSerializer.Deserialize<List<Provider>>(stream, JsonSerializerOptions.Web)!);
    }
}
