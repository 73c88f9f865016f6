using System.Globalization;
using System.Text;

namespace EnhancedMta.Benchmarks.Costs;

/// <summary>The table of infra/README.md.</summary>
internal static class CostTable
{
    public const string Begin = "<!-- costs: EnhancedMta.Benchmarks -- costs --update -->";
    public const string End = "<!-- end of costs -->";

    public static string Of(CostData data)
    {
        var months = data.Workload.Volumes.Select(volume => MonthlyCost.Of(data, volume)).ToList();
        var table = new StringBuilder();
        void Row(string what, IEnumerable<string> cells) => table.Append(CultureInfo.InvariantCulture, $"| {what} | {string.Join(" | ", cells)} |\n");
        Row($"{data.Prices.Currency} per month, {data.Prices.Region}", months.Select(month => $"{Count(month.Messages)} messages"));
        table.Append('|').Insert(table.Length, "---|", months.Count + 1).Append('\n');
        for (var i = 0; i < months[0].Lines.Count; i++)
            Row(months[0].Lines[i].What, months.Select(month => Money(month.Lines[i].Cost)));
        Row("**all**", months.Select(month => $"**{Money(month.Total)}**"));
        Row("per 1,000 messages", months.Select(month => month.PerThousand.ToString("0.0000", CultureInfo.InvariantCulture)));
        Row("GB-seconds on demand", months.Select(month => month.GBSeconds.ToString("#,0", CultureInfo.InvariantCulture)));
        Row("storage operations", months.Select(month => month.StorageOperations.ToString("#,0", CultureInfo.InvariantCulture)));
        return table.ToString();
    }

    /// <summary>The document with the table of now between its marks.</summary>
    /// <exception cref="FormatException">It has no marks.</exception>
    public static string Put(string document, string table)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new FormatException($"The document has no {Begin} … {End}.");
        return $"{document[..begin]}{Begin}\n\n{table}\n{document[end..]}";
    }

    private static string Money(double cost) => cost.ToString("#,0.00", CultureInfo.InvariantCulture);

    private static string Count(long messages) => string.Create(CultureInfo.InvariantCulture, $"{messages / 1_000_000} M");
}
