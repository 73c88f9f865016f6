using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>
/// What documents say of this benchmark: the part of a size in docs/performance.md, the summary of all sizes in the README, the plots, and
/// beside them relay.json, which all of it is made from.
/// </summary>
internal sealed class RelayDocument
{
    public const string SummaryPart = "summary";

    private const string Program = "relay";

    private readonly string _file;
    private readonly string _readme = Path.Combine(RepositoryRoot.Find(), "README.md");

    private RelayDocument(string file) => _file = file;

    public static string PartOf(int sizeInKB) => FormattableString.Invariant($"{sizeInKB}KB");

    public static string Part(string markdown, string part) => Document.Read(markdown, part, Program);

    /// <summary>Beside a document: <c>docs/performance/relay.json</c>.</summary>
    public static string DataFile(string document) => Path.Combine(Path.ChangeExtension(document, null), "relay.json");

    /// <exception cref="FormatException">The document has no part of this size.</exception>
    public static RelayDocument Open(string file, int sizeInKB)
    {
        // Now rather than when all has been measured.
        var document = new RelayDocument(file);
        _ = Part(File.ReadAllText(file), PartOf(sizeInKB));
        _ = Part(File.ReadAllText(document._readme), SummaryPart);
        return document;
    }

    /// <summary>By size; none before the first was measured.</summary>
    public static IReadOnlyList<Measurement> Read(string dataFile) =>
        File.Exists(dataFile) ? JsonSerializer.Deserialize<List<Measurement>>(File.ReadAllText(dataFile), Json)! : [];

    public void Write(Measurement measurement)
    {
        var data = DataFile(_file);
        List<Measurement> all = [.. Read(data).Where(other => other.SizeInKB != measurement.SizeInKB).Append(measurement).OrderBy(m => m.SizeInKB)];
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        File.WriteAllText(data, JsonSerializer.Serialize(all, Json) + "\n");
        Put(_file, PartOf(measurement.SizeInKB), RelayTables.OfSize(measurement));
        Put(_readme, SummaryPart, RelayTables.Summary(all));
        RelayPlots.Write(all, Path.GetDirectoryName(data)!);
    }

    private static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static void Put(string file, string part, string text) => File.WriteAllText(file, Document.Write(File.ReadAllText(file), part, text, Program));
}
