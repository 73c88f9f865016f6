using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>The figures, for people, for the document and for programs.</summary>
internal static class ChaosReport
{
    public static void Write(ChaosOptions options, ChaosResult result)
    {
        var figures = Figures(options, result);
        AnsiConsole.Write(ToTable($"Chaos for {options.Minutes:0.##} minutes, seed {options.Seed}, {options.Processes} processes", figures));
        AnsiConsole.Write(ToTable("Faults", Faults(result)));
        foreach (var finding in result.Audit.Findings)
            Console.WriteLine($"WRONG: {finding}");
        if (result.Crashes > 0)
            Console.WriteLine($"WRONG: processes ended by themselves: {result.Crashes}");
        if (!result.IsGood)
            Console.WriteLine("To repeat: chaos with the arguments of the run.");
        if (options.Document is { } file)
        {
            var document = Document.Write(File.ReadAllText(file), "figures", Markdown(figures), "chaos");
            File.WriteAllText(file, Document.Write(document, "faults", Markdown(Faults(result)), "chaos"));
        }

        if (options.Json)
            Console.WriteLine(Json(options, result));
    }

    public static string Json(ChaosOptions options, ChaosResult result) => JsonSerializer.Serialize(new
    {
        minutes = options.Minutes,
        seed = options.Seed,
        processes = options.Processes,
        faults = result.TotalFaults,
        accepted = result.Audit.Accepted,
        delivered = result.Audit.Delivered,
        failed = result.Audit.Failed,
        lost = result.Audit.Lost,
        duplicates = result.Audit.Duplicates,
        possibleRepeats = result.Audit.PossibleRepeats,
        events = result.Audit.Events,
        pushed = result.Pushed,
        requestsCut = result.RequestsCut,
        requestsRepeated = result.RequestsRepeated,
        answersOf500 = result.AnswersOf500,
        crashes = result.Crashes,
        failedStarts = result.FailedStarts,
        ownFaults = result.OwnFaults,
        drainSeconds = Math.Round(result.DrainSeconds, 1),
        byKind = result.Faults.ToDictionary(f => $"{f.Fault.Where}: {f.Fault.What}", f => f.Count),
        findings = result.Audit.Findings,
        logs = result.Logs,
    });

    private static List<(string, string)> Figures(ChaosOptions options, ChaosResult result) =>
    [
        ("the run", string.Create(CultureInfo.InvariantCulture, $"--minutes {options.Minutes} --seed {options.Seed} --processes {options.Processes} --rate {options.Rate}")),
        ("faults", $"{result.TotalFaults:N0} in {result.Seconds:N0} s"),
        ("messages accepted", $"{result.Audit.Accepted:N0}"),
        ("delivered", $"{result.Audit.Delivered:N0}"),
        ("failed, as their recipients would have it", $"{result.Audit.Failed:N0}"),
        ("lost", $"{result.Audit.Lost:N0}"),
        ("came twice", $"{result.Audit.Duplicates:N0}"),
        ("counted as possible repeats", $"{result.Audit.PossibleRepeats:N0}"),
        ("events in the feed", $"{result.Audit.Events:N0}"),
        .. result.Pushed is { } pushed ? [("of these, pushed to the feedback endpoint", $"{pushed:N0}")] : Array.Empty<(string, string)>(),
        ("relay requests that broke off", $"{result.RequestsCut:N0}"),
        ("relay requests told to come again", $"{result.RequestsRepeated:N0}, by 500: {result.AnswersOf500:N0}"),
        ("processes that ended by themselves", $"{result.Crashes:N0}"),
        ("starts that failed for want of storage", $"{result.FailedStarts:N0}"),
        ("faults of its own in the log", $"{result.OwnFaults:N0}"),
        ("from the last fault to the last final state", $"{result.DrainSeconds:N0} s"),
        ("invariants that did not hold", $"{result.Audit.Findings.Count:N0}"),
    ];

    private static List<(string, string)> Faults(ChaosResult result) =>
        [.. result.Faults.Select(f => ($"{f.Fault.Where}: {f.Fault.What}", $"{f.Count:N0}"))];

    private static Table ToTable(string title, List<(string Name, string Value)> rows)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(title)) };
        table.AddColumns("", "");
        foreach (var (name, value) in rows)
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        return table;
    }

    private static string Markdown(List<(string Name, string Value)> rows) =>
        rows.Aggregate(new StringBuilder("| | |\n|---|---|\n"), (text, row) => text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Value} |\n")).ToString();
}
