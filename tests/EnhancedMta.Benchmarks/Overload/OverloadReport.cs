using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary>The figures, for people, for the document and for programs.</summary>
internal static class OverloadReport
{
    public static void Write(OverloadOptions options, OverloadResult result)
    {
        var figures = Figures(options, result);
        var table = new Table();
        table.AddColumns("", "");
        foreach (var (name, value) in figures)
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        AnsiConsole.Write(table);
        if (options.Document is { } file)
        {
            var markdown = figures.Aggregate(new StringBuilder("| | |\n|---|---|\n"), (text, row) => text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Value} |\n")).ToString();
            File.WriteAllText(file, Document.Write(File.ReadAllText(file), "figures", markdown, "overload"));
        }

        if (options.Json)
            Console.WriteLine(Json(options, result));
    }

    public static string Json(OverloadOptions options, OverloadResult result) => JsonSerializer.Serialize(new
    {
        capacity = result.Capacity,
        rate = Math.Round(result.Rate, 1),
        seconds = Math.Round(result.Seconds, 1),
        waitLimitSeconds = options.Wait,
        offered = result.Offered,
        accepted = result.Marketing.Accepted,
        requests = result.Marketing.Requests,
        refused = result.Marketing.Refused,
        waitP50 = Math.Round(result.Marketing.Wait(0.5), 1),
        waitP99 = Math.Round(result.Marketing.Wait(0.99), 1),
        waitMax = Math.Round(result.Marketing.Wait(1), 1),
        retryAfterLeast = result.Told.Least,
        retryAfterMost = result.Told.Most,
        transactionalAccepted = result.Transactional.Accepted,
        transactionalRefused = result.Transactional.RefusedRequests,
        transactionalP50 = Math.Round(result.Transactional.Wait(0.5), 3),
        transactionalP99 = Math.Round(result.Transactional.Wait(0.99), 3),
        memoryBeforeMB = Math.Round(result.MemoryMB.Before),
        memoryPeakMB = Math.Round(result.MemoryMB.Peak),
        drainSeconds = Math.Round(result.DrainSeconds, 1),
        lost = result.Lost,
        duplicates = result.Duplicates,
        unexpected = result.Unexpected,
        good = result.IsGood,
    });

    private static List<(string Name, string Value)> Figures(OverloadOptions options, OverloadResult result) =>
    [
        .. result.Capacity is { } capacity ? [("can be relayed", Text($"{capacity:N0} messages a second"))] : Array.Empty<(string, string)>(),
        // Due at the senders, made into requests or not: those who wait as they are told fall behind.
        ("offered", Text($"{result.Rate:N0} a second for {result.Seconds:N0} s by {options.Senders} senders: {result.Offered:N0} messages")),
        ("most that a message may have to wait, by setting", Text($"{options.Wait} s")),
        ("accepted", Text($"{result.Marketing.Accepted:N0}")),
        ("requests refused", Text($"{result.Marketing.RefusedRequests:N0} of {result.Marketing.Requests:N0} ({string.Join(", ", result.Marketing.Refused.Select(r => Text($"{r.Key}: {r.Value:N0}")))})")),
        ("Retry-After", Text($"{result.Told.Least:0} to {result.Told.Most:0} s")),
        ("from acceptance to the recipient's server: p50, p99, longest", Text($"{result.Marketing.Wait(0.5):0.0}, {result.Marketing.Wait(0.99):0.0}, {result.Marketing.Wait(1):0.0} s")),
        ("transactional messages meanwhile", Text($"{result.Transactional.Accepted:N0} accepted, {result.Transactional.RefusedRequests:N0} refused")),
        ("their time to the recipient's server: p50, p99, longest", Text($"{result.Transactional.Wait(0.5):0.00}, {result.Transactional.Wait(0.99):0.00}, {result.Transactional.Wait(1):0.00} s")),
        ("memory of the process: before, most", Text($"{result.MemoryMB.Before:0}, {result.MemoryMB.Peak:0} MB")),
        ("from the end of the load to the last arrival", Text($"{result.DrainSeconds:0} s")),
        ("lost", Text($"{result.Lost:N0}")),
        ("came twice", Text($"{result.Duplicates:N0}")),
        ("came though refused", Text($"{result.Unexpected:N0}")),
    ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
