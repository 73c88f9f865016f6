using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Tests.BounceRules;

internal static class RuleSchema
{
    /// <summary>As editors load it.</summary>
    public static JsonDocument Load() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Find(), "functions/EnhancedMta/BounceRules/bounce-rules.schema.json")));
}
