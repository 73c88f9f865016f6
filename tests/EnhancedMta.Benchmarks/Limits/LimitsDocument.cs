using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>The table of runs in docs/limits.md, and docs/limits/limits.json, which it is made from: each run writes its own column.</summary>
internal static class LimitsDocument
{
    private const string Part = "figures";
    private const string Program = "limits";

    private static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Now rather than when all has been measured.</summary>
    /// <exception cref="FormatException">The document has no place for the figures.</exception>
    public static void Check(string file) => _ = Document.Read(File.ReadAllText(file), Part, Program);

    public static void Write(string file, LimitsColumn column)
    {
        var data = Path.Combine(Path.ChangeExtension(file, null), "limits.json");
        List<LimitsColumn> known = File.Exists(data) ? JsonSerializer.Deserialize<List<LimitsColumn>>(File.ReadAllText(data), Json)! : [];
        List<LimitsColumn> all = [.. known.Where(other => other.Arguments != column.Arguments).Append(column).OrderBy(c => c.Arguments, StringComparer.Ordinal)];
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        File.WriteAllText(data, JsonSerializer.Serialize(all, Json) + "\n");
        File.WriteAllText(file, Document.Write(File.ReadAllText(file), Part, LimitsColumn.Table(all), Program));
    }
}
