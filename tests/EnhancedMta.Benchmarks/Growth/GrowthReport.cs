using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary>The figures, for people, for the document and for programs.</summary>
internal static class GrowthReport
{
    public static void Write(GrowthOptions options, GrowthResult result)
    {
        (string Part, string Title, List<string[]> Rows)[] tables =
        [
            ("operations", "Requests to storage, and rows written and read", Rows(result, c => Text($"{c.Operations:0.##}, {c.Rows:0.##}"))),
            ("times", "Milliseconds; in brackets our own CPU time", [.. Rows(result, c => Text($"{c.Milliseconds:0.0} ({c.CpuMilliseconds:0.0})")), .. Memory(result)]),
        ];
        foreach (var (_, title, rows) in tables)
        {
            var table = new Table { Title = new TableTitle(title) };
            table.AddColumns([.. rows[0].Select(Markup.Escape)]);
            foreach (var row in rows.Skip(1))
                table.AddRow([.. row.Select(Markup.Escape)]);
            AnsiConsole.Write(table);
        }

        foreach (var grown in result.Grown)
            Console.WriteLine($"GROWS: {grown}");
        if (options.Document is { } file)
        {
            File.WriteAllText(file, tables.Aggregate(File.ReadAllText(file), (text, t) => Document.Write(text, t.Part, Markdown(t.Rows), "growth")));
            GrowthPlots.Write(result, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, "performance"));
        }

        if (options.Json)
            Console.WriteLine(Json(result));
    }

    public static string Json(GrowthResult result) => JsonSerializer.Serialize(new
    {
        grown = result.Grown,
        points = result.Points.Select(p => new
        {
            messages = p.Messages,
            heapMB = Math.Round(p.HeapMB, 1),
            azuriteMB = Math.Round(p.AzuriteMB),
            costs = p.Costs.ToDictionary(c => c.Key, c => new
            {
                operations = Math.Round(c.Value.Operations, 3),
                rows = Math.Round(c.Value.Rows, 2),
                milliseconds = Math.Round(c.Value.Milliseconds, 2),
                cpuMilliseconds = Math.Round(c.Value.CpuMilliseconds, 2),
            }),
        }),
    });

    private static List<string[]> Rows(GrowthResult result, Func<Cost, string> value) =>
    [
        ["messages in the log, batches in the schedule", .. result.Points.Select(p => Text($"{p.Messages:N0}"))],
        .. result.Points[0].Costs.Keys.Select(name => (string[])[name, .. result.Points.Select(p => value(p.Costs[name]))]),
    ];

    private static IEnumerable<string[]> Memory(GrowthResult result) =>
    [
        ["live memory of host, sink and caller, MB", .. result.Points.Select(p => Text($"{p.HeapMB:0}"))],
        ["memory of Azurite, MB", .. result.Points.Select(p => Text($"{p.AzuriteMB:0}"))],
        ["filling, rows/s", .. result.Points.Select((p, i) => Text($"{2 * (p.Messages - (i == 0 ? 0 : result.Points[i - 1].Messages)) / p.FillSeconds:N0}"))],
    ];

    private static string Markdown(List<string[]> rows)
    {
        var text = new StringBuilder($"| {string.Join(" | ", rows[0])} |\n|---|{string.Concat(Enumerable.Repeat("--:|", rows[0].Length - 1))}\n");
        foreach (var row in rows.Skip(1))
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        return text.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
