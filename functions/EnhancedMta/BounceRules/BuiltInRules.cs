using EnhancedMta.Providers;
using EnhancedMta.UserRules;

namespace EnhancedMta.BounceRules;

/// <summary>The rules that come with the program: the files of <c>BounceRules/data</c>, in the order of their names.</summary>
internal static class BuiltInRules
{
    /// <summary>Each file's name and octets.</summary>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Files { get; } = EmbeddedRules.In("BounceRules.data");

    /// <exception cref="RuleFaultsException">A file has faults; a test sees to it that none has.</exception>
    public static IReadOnlyList<BounceRule> Rules { get; } = [.. Files.SelectMany(f => BounceRuleReader.Read(f.Name, f.Json, ProviderDirectory.BuiltIn.Names))];
}
