using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>The figures, for people, for the document and for programs.</summary>
internal static class SoakReport
{
    public static void Write(SoakOptions options, SoakResult result)
    {
        AnsiConsole.Write(ToTable(["", ""], Figures(result)));
        AnsiConsole.Write(ToTable(Headings, Trends(result)));
        foreach (var trend in result.Trends().Where(t => !t.IsFlat))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"GROWS: {trend.Name}: by {trend.Growth:0.#} over the second half, {trend.Allowed:0.#} would do"));
        if (options.Document is { } file)
        {
            File.WriteAllText(file, Document.Write(File.ReadAllText(file), "figures", Markdown(result), "soak"));
            SoakPlot.Write(result, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, "reliability", "soak.svg"));
        }

        if (options.Json)
            Console.WriteLine(Json(result));
    }

    public static string Json(SoakResult result) => JsonSerializer.Serialize(new
    {
        minutes = Math.Round(result.Minutes, 1),
        rate = result.Rate,
        capacity = result.Capacity,
        accepted = result.Accepted,
        delivered = result.Delivered,
        failed = result.Failed,
        waiting = result.Waiting,
        open = result.Open,
        lookedAt = Math.Round(result.LookedAt, 1),
        lost = result.Lost,
        duplicates = result.Duplicates,
        events = result.Events,
        repeats = result.Repeats,
        faults = result.Faults,
        trends = result.Trends().Select(t => new { t.Name, t.First, t.Last, t.FirstGrowth, t.Growth, t.Allowed, t.IsFlat }),
        good = result.IsGood,
    }, JsonSerializerOptions.Web);

    private static readonly string[] Headings = ["", "first half", "second half", "rise in the first", "rise in the second", "flat is up to", ""];

    private static List<string[]> Figures(SoakResult result) =>
    [
        ["machine", result.Machine],
        ["offered", Text($"{result.Rate:0} messages a second of 10 KB for {result.Minutes:0} minutes{(result.Capacity is { } capacity ? string.Create(CultureInfo.InvariantCulture, $"; the machine does {capacity:N0}") : "")}")],
        .. result.LookedAt < result.Minutes - 1 ? [["looked at", Text($"the first {result.LookedAt:0} minutes")]] : Array.Empty<string[]>(),
        ["accepted", Text($"{result.Accepted:N0}")],
        ["delivered", Text($"{result.Delivered:N0}")],
        ["failed, as their recipients would have it", Text($"{result.Failed:N0}")],
        ["waiting for their next attempt at the end", Text($"{result.Waiting:N0}")],
        ["on their way at the end", Text($"{result.Open:N0}")],
        ["lost", Text($"{result.Lost:N0}")],
        ["came twice", Text($"{result.Duplicates:N0}")],
        ["events pushed to the feedback endpoint", Text($"{result.Events:N0}")],
        ["relay requests made again", Text($"{result.Repeats:N0}")],
        ["faults in the app's log", Text($"{result.Faults:N0}")],
        ["verdict", Verdict(result)],
    ];

    private static string Verdict(SoakResult result) =>
        result is { Lost: > 0 } or { Duplicates: > 0 } ? "not all arrived once"
        : result.Trends().Any(t => !t.IsFlat) ? "grows: " + string.Join(", ", result.Trends().Where(t => !t.IsFlat).Select(t => t.Name))
        : result.Open != 0 ? "flat, and not all through at the end"
        : "flat";

    private static List<string[]> Trends(SoakResult result) =>
    [
        .. result.Trends().Select(t => new[]
        {
            t.Name, Number(t.First), Number(t.Last), Signed(t.FirstGrowth), Signed(t.Growth), t.Allowed is { } allowed ? Number(allowed) : "",
            t.Allowed is null ? "grows with the log" : t.IsFlat ? "flat" : "**grows**",
        }),
    ];

    private static string Markdown(SoakResult result)
    {
        var text = new StringBuilder("| | |\n|---|---|\n");
        foreach (var row in Figures(result))
            text.Append(CultureInfo.InvariantCulture, $"| {row[0]} | {row[1]} |\n");
        text.Append(CultureInfo.InvariantCulture, $"\n| {string.Join(" | ", Headings)} |\n|---|--:|--:|--:|--:|--:|---|\n");
        foreach (var row in Trends(result))
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        return text.Append("\n![Memory, handles, threads and connections over the run](reliability/soak.svg)\n").ToString();
    }

    private static Table ToTable(string[] headings, List<string[]> rows)
    {
        var table = new Table();
        table.AddColumns(headings);
        foreach (var row in rows)
            table.AddRow(row.Select(Markup.Escape).ToArray());
        return table;
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) < 100 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString(Math.Abs(value) < 100 ? "+0.#;−0.#;0" : "+#,0;−#,0;0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
