using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Commands;
using EnhancedMta.Benchmarks.Fuzz.Targets;
using EnhancedMta.Benchmarks.Simulate;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Fuzz;

/// <summary><c>fuzz</c>: whether anything that strangers write makes a reader of ours fail, hang or swell.</summary>
internal static class FuzzCommand
{
    public static IReadOnlyList<FuzzTarget> NewTargets() =>
        [new RepliesTarget(), new BounceMailTarget(), new RelayRequestTarget(), new ReturnPathTarget(), new DeclarationTarget(), new BounceRulesTarget(), new MxRulesTarget(), new SmtpServerTarget()];

    /// <returns>As <see cref="ExitCode"/> says: 0 when nothing was found.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(cancellationToken =>
    {
        var targets = NewTargets();
        try
        {
            var options = FuzzOptions.Parse(arguments);
            var chosen = targets.Where(target => options.Target is null || target.Name == options.Target).ToList();
            if (chosen.Count == 0)
                throw new FormatException($"--target: '{options.Target}' is none of {string.Join(", ", targets.Select(target => target.Name))}.");
            var result = FuzzRun.Run(chosen, options.Inputs, options.Seed, Console.Error.WriteLine, cancellationToken);
            Write(options, result);
            return Task.FromResult(result.Findings.Count == 0);
        }
        finally
        {
            foreach (var target in targets.OfType<IDisposable>())
                target.Dispose();
        }
    });

    private static void Write(FuzzOptions options, FuzzResult result)
    {
        var table = new Table { Title = new TableTitle(string.Create(CultureInfo.InvariantCulture, $"{result.Figures.Sum(f => f.Inputs):N0} inputs of seed {options.Seed} in {result.Time.TotalSeconds:0} s")) };
        table.AddColumns("reader", "inputs", "longest, ms", "most allocated, KB", "findings");
        foreach (var row in Rows(result))
            table.AddRow(row);
        AnsiConsole.Write(table);
        foreach (var finding in result.Findings)
        {
            var file = Path.Combine(Directory.CreateDirectory(options.Folder).FullName, string.Create(CultureInfo.InvariantCulture, $"{finding.Target}-{options.Seed}-{finding.Number}"));
            File.WriteAllBytes(file, finding.Input);
            Console.WriteLine($"FOUND: {finding.Target}, {file}: {finding.What}");
        }

        if (options.Document is { } document)
            File.WriteAllText(document, Document.Write(File.ReadAllText(document), "fuzz", Markdown(options, result), "fuzz"));
        if (options.Json)
            Console.WriteLine(JsonSerializer.Serialize(new { seed = options.Seed, inputs = result.Figures.Sum(f => f.Inputs), seconds = Math.Round(result.Time.TotalSeconds, 1), findings = result.Findings.Count, byReader = result.Figures.ToDictionary(f => f.Target, f => f.Inputs) }));
    }

    private static IEnumerable<string[]> Rows(FuzzResult result) => result.Figures.Select(figures => new[]
    {
        figures.Target,
        $"{figures.Inputs:N0}",
        $"{figures.Longest.TotalMilliseconds:N0}",
        $"{figures.MostAllocated / 1024:N0}",
        $"{result.Findings.Count(finding => finding.Target == figures.Target)}",
    });

    private static string Markdown(FuzzOptions options, FuzzResult result) => Rows(result).Aggregate(
        new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"Seed {options.Seed}, {result.Time.TotalMinutes:0} minutes:\n\n| reader | inputs | longest, ms | most allocated for one, KB | findings |\n|---|--:|--:|--:|--:|\n")),
        (text, row) => text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n")).ToString();
}
