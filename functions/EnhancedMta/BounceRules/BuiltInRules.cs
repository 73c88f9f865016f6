using EnhancedMta.Providers;

namespace EnhancedMta.BounceRules;

/// <summary>The rules that come with the program: the files of <c>BounceRules/data</c>, in the order of their names.</summary>
internal static class BuiltInRules
{
    private const string Prefix = "EnhancedMta.BounceRules.data.";

    /// <summary>Each file's name and octets.</summary>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Files { get; } =
    [
        .. typeof(BuiltInRules).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => (name[Prefix.Length..], Bytes(name))),
    ];

    /// <exception cref="RuleFaultsException">A file has faults; a test sees to it that none has.</exception>
    public static IReadOnlyList<BounceRule> Rules { get; } = [.. Files.SelectMany(f => BounceRuleReader.Read(f.Name, f.Json, ProviderDirectory.BuiltIn.Names))];

    private static ReadOnlyMemory<byte> Bytes(string name)
    {
        using var stream = typeof(BuiltInRules).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
