using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Costs;
using EnhancedMta.Benchmarks.Simulate;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Latency;

/// <summary>The figures, for people, for the document and for programs.</summary>
internal static class LatencyReport
{
    private const double SecondsPerMonth = 730 * 3600;

    public static void Write(LatencyOptions options, LatencyResult result)
    {
        string[] columns = ["", .. Conditions(result).Select(c => c.Name)];
        var rows = Rows(result).ToList();
        var table = new Table { Title = new TableTitle(Markup.Escape(Title(options, result))) };
        table.AddColumns(columns);
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
        Console.WriteLine(Polling());
        if (options.Document is { } file)
            File.WriteAllText(file, Document.Write(File.ReadAllText(file), "figures", Markdown(options, result, columns, rows), "latency"));
        if (options.Json)
            Console.WriteLine(Json(options, result));
    }

    public static string Json(LatencyOptions options, LatencyResult result) => JsonSerializer.Serialize(new
    {
        samples = options.Samples,
        idleP50Ms = Math.Round(result.Idle.All.P50, 1),
        idleP99Ms = Math.Round(result.Idle.All.P99, 1),
        idleAcceptP50Ms = Math.Round(result.Idle.Accept.P50, 1),
        busyP50Ms = Rounded(result.Busy?.All.P50),
        busyP99Ms = Rounded(result.Busy?.All.P99),
        busyLongestMs = Rounded(result.Busy?.All.Longest),
        busySamples = result.Busy?.Samples,
        marketingMessages = result.Marketing,
        marketingPerSecond = result.Busy is null ? null : Rounded(result.Marketing / result.MarketingSeconds),
        good = result.IsGood,
    });

    /// <summary>What polling adds on Azure, where nothing wakes the host, and what its polls cost.</summary>
    private static string Polling()
    {
        var host = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json")).Build();
        var interval = TimeSpan.Parse(host["extensions:queues:maxPollingInterval"]!, CultureInfo.InvariantCulture);
        var polls = SecondsPerMonth / interval.TotalSeconds;
        var data = CostData.Load();
        return string.Create(CultureInfo.InvariantCulture,
            $"On Azure add the host's polling: at most {interval.TotalMilliseconds:N0} ms, half of it on average (maxPollingInterval of host.json), which is up to {polls / 1e6:N1} million polls, {polls / 10_000 * data.Prices.Storage.QueueOperationsPer10000:N2} {data.Prices.Currency}, a month for a queue that an instance always listens to.");
    }

    private static IEnumerable<LatencyCondition> Conditions(LatencyResult result) => result.Busy is { } busy ? [result.Idle, busy] : [result.Idle];

    private static IEnumerable<string[]> Rows(LatencyResult result)
    {
        yield return Row("messages", c => Text($"{c.Samples:N0}"));
        yield return Row("request to end of data at the sink, p50", c => c.P50Goal is { } goal ? Text($"{c.All.P50:N1} ms (goal {goal:N0})") : Text($"{c.All.P50:N1} ms"));
        yield return Row("p90", c => Text($"{c.All.P90:N1} ms"));
        yield return Row("p99", c => Text($"{c.All.P99:N1} ms (goal {c.P99Goal:N0})"));
        yield return Row("longest", c => Text($"{c.All.Longest:N1} ms"));
        yield return Row("of it until the request is answered, p50", c => Text($"{c.Accept.P50:N1} ms"));
        yield return Row("p99", c => Text($"{c.Accept.P99:N1} ms"));

        string[] Row(string what, Func<LatencyCondition, string> value) => [what, .. Conditions(result).Select(value)];
    }

    private static string Title(LatencyOptions options, LatencyResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{options.Size / 1024} KB each")
        + (result.Busy is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; marketing: {result.Marketing:N0} messages at {result.Marketing / result.MarketingSeconds:N0} a second"));

    private static string Markdown(LatencyOptions options, LatencyResult result, string[] columns, List<string[]> rows) => rows.Aggregate(
        new StringBuilder($"{Title(options, result)}.\n\n| {string.Join(" | ", columns)} |\n|---|{string.Concat(Enumerable.Repeat("--:|", columns.Length - 1))}\n"),
        (text, row) => text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n")).Append(CultureInfo.InvariantCulture, $"\n{Polling()}\n").ToString();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double? Rounded(double? value) => value is { } v ? Math.Round(v, 1) : null;
}
