using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Simulate;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary>The figures, for people, for the document and for programs.</summary>
internal static class ScaleReport
{
    public static void Write(ScaleOptions options, IReadOnlyList<ScalePoint> points)
    {
        var model = new AccountModel(points[^1].Messages, points[^1].Loads);
        var accounts = ManyAccounts.Counts.Select(k => ManyAccounts.Simulate(model, k)).ToList();
        (string Part, string Intro, List<string[]> Rows)[] tables =
        [
            ("processes", Text($"Nine tenths of {options.Messages:N0} messages of {options.Size / 1024} KB, DKIM-signed, {Environment.ProcessorCount} cores."), Processes(points)),
            ("operations", Text($"Measured with {points[^1].Processes} processes."), Operations(points[^1])),
            ("account", Text($"A message is {model.Requests:N3} requests, and {model.LogRows:N2} rows of the log."), Account(model)),
            ("accounts", Text($"{model.Sharded:N3} requests of a message go with its log partition, {model.Home:N3} to one place."), Accounts(accounts)),
        ];
        foreach (var (_, intro, rows) in tables)
        {
            var table = new Table { Title = new TableTitle(Markup.Escape(intro)) };
            table.AddColumns([.. rows[0].Select(Markup.Escape)]);
            foreach (var row in rows.Skip(1))
                table.AddRow([.. row.Select(Markup.Escape)]);
            AnsiConsole.Write(table);
        }

        if (options.Document is { } file)
        {
            var document = tables.Aggregate(File.ReadAllText(file), (text, t) => Document.Write(text, t.Part, $"{t.Intro}\n\n{Markdown(t.Rows)}", "scale"));
            File.WriteAllText(file, document);
        }

        if (options.Json)
            Console.WriteLine(Json(points, model, accounts));
    }

    public static string Json(IReadOnlyList<ScalePoint> points, AccountModel model, IReadOnlyList<AccountsResult> accounts) => JsonSerializer.Serialize(new
    {
        cores = Environment.ProcessorCount,
        runs = points.Select(p => new
        {
            processes = p.Processes,
            messagesPerSecond = Math.Round(p.PerSecond, 1),
            efficiency = Math.Round(Efficiency(points, p), 3),
            cpuSecondsPer1000 = new { hosts = Per1000(p.Cpu.Hosts, p), azurite = Per1000(p.Cpu.Azurite, p), sink = Per1000(p.Cpu.Sink, p), caller = Per1000(p.Cpu.Caller, p) },
            seconds = Math.Round(p.Seconds, 1),
            storageOperationsPerMessage = Math.Round(p.OperationsPerMessage, 4),
            conflicts = p.Conflicts,
        }),
        accountCeiling = Math.Round(model.Binding.PerSecond),
        accountBinds = model.Binding.Limit,
        accounts = accounts.Select(a => new { accounts = a.Accounts, messagesPerSecond = Math.Round(a.PerSecond), planned = Math.Round(a.Planned), skew = Math.Round(a.Skew, 2), binds = a.Binds }),
    });

    private static List<string[]> Processes(IReadOnlyList<ScalePoint> points) =>
    [
        ["processes", .. points.Select(p => Text($"{p.Processes}"))],
        ["messages/s, of nine tenths", .. points.Select(p => Text($"{p.PerSecond:N0}"))],
        ["against one process", .. points.Select(p => Text($"{p.PerSecond / points[0].PerSecond:0.00} ×"))],
        ["efficiency (of so many processes' share)", .. points.Select(p => Text($"{100 * Efficiency(points, p):N0} %"))],
        ["CPU s per 1,000: hosts", .. points.Select(p => Text($"{Per1000(p.Cpu.Hosts, p):0.00}"))],
        ["CPU s per 1,000: Azurite", .. points.Select(p => Text($"{Per1000(p.Cpu.Azurite, p):0.00}"))],
        ["CPU s per 1,000: sink", .. points.Select(p => Text($"{Per1000(p.Cpu.Sink, p):0.00}"))],
        ["CPU s per 1,000: caller", .. points.Select(p => Text($"{Per1000(p.Cpu.Caller, p):0.00}"))],
        ["storage operations per message", .. points.Select(p => Text($"{p.OperationsPerMessage:0.000}"))],
        ["conflicts (409, 412) per 1,000 messages", .. points.Select(p => Text($"{1_000.0 * p.Conflicts / p.Messages:0.0}"))],
        ["messages/s that two cores for the hosts alone would allow", .. points.Select(p => Text($"{2 * p.Messages / p.Cpu.Hosts:N0}"))],
    ];

    private static List<string[]> Operations(ScalePoint point) =>
    [
        ["resource", "requests per 1,000", "rows written", "rows read", "conflicts", "partitions seen"],
        .. point.Loads.GroupBy(l => l.Resource).OrderByDescending(g => g.Sum(l => l.Requests)).Select(g => new[]
        {
            g.Key, Per1000Text(g.Sum(l => l.Requests), point), Per1000Text(g.Sum(l => l.RowsWritten), point), Per1000Text(g.Sum(l => l.RowsRead), point), Per1000Text(g.Sum(l => l.Conflicts), point),
            g.Key.StartsWith("table ", StringComparison.Ordinal) ? Text($"{g.Count()}") : "",
        }),
    ];

    private static List<string[]> Account(AccountModel model) =>
    [
        ["limit of one account", "messages/s"],
        .. model.Ceilings.Take(6).Select(c => new[] { c.Limit, Text($"{c.PerSecond:N0}") }),
        ["one delivery of 1,000,000: rows of its log partitions", Text($"{model.OfOneDelivery(1_000_000):N0}")],
        ["one delivery of 10,000: rows of its log partitions", Text($"{model.OfOneDelivery(10_000):N0}")],
    ];

    private static List<string[]> Accounts(List<AccountsResult> accounts) =>
    [
        ["accounts", "messages/s, average", "worst of 100 trials", "of K accounts' share", "fullest account over average", "binds first"],
        .. accounts.Select(a => new[]
        {
            Text($"{a.Accounts}"), Text($"{a.PerSecond:N0}"), Text($"{a.Planned:N0}"), Text($"{100 * a.PerSecond / accounts[0].PerSecond / a.Accounts:N0} %"), Text($"{a.Skew:0.00}"), a.Binds,
        }),
    ];

    private static double Efficiency(IReadOnlyList<ScalePoint> points, ScalePoint point) => point.PerSecond / points[0].PerSecond * points[0].Processes / point.Processes;

    private static double Per1000(double seconds, ScalePoint point) => Math.Round(1_000 * seconds / point.Messages, 3);

    private static string Per1000Text(long count, ScalePoint point) => (1_000.0 * count / point.Messages).ToString("N1", CultureInfo.InvariantCulture);

    private static string Markdown(List<string[]> rows)
    {
        var text = new StringBuilder($"| {string.Join(" | ", rows[0])} |\n|---|{string.Concat(Enumerable.Repeat("--:|", rows[0].Length - 1))}\n");
        foreach (var row in rows.Skip(1))
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        return text.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
