using System.Globalization;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>A run as the document keeps it, one column of its table.</summary>
/// <param name="Arguments">Which scene; a run with the same takes its place.</param>
/// <param name="Measured">When, by the machine's clock.</param>
/// <param name="SlicesOverLimit">At MAIL.</param>
/// <param name="SessionsOverLimit">That began when as many as allowed were open.</param>
/// <param name="UtilisationPercent">Of the allowed rate, while there was work.</param>
/// <param name="PollsPerMessage">Queue messages taken.</param>
/// <param name="UrgentSeconds">Of the slowest transactional delivery in mid-slice, to its last message.</param>
/// <param name="UrgentWhenFullSeconds">The same when the slice is full.</param>
/// <param name="NextSliceSeconds">What of that is until the next slice.</param>
/// <param name="OperationsPerMessage">Requests to storage.</param>
/// <param name="WorkPerMessage">Without those that hosts at rest ask for.</param>
/// <param name="Lost">Messages.</param>
/// <param name="Duplicates">Messages that came again.</param>
/// <param name="PossibleRepeats">Messages that may have come again, by our own count; null in a run that did not look.</param>
internal sealed record LimitsColumn(
    string Arguments, DateOnly Measured, int SlicesOverLimit, int SessionsOverLimit, double UtilisationPercent, double PollsPerMessage,
    double UrgentSeconds, double UrgentWhenFullSeconds, double NextSliceSeconds, double OperationsPerMessage, double WorkPerMessage, int Lost, int Duplicates, int? PossibleRepeats = null)
{
    public static LimitsColumn Of(LimitsOptions options, LimitsResult result) => new(
        options.Arguments, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
        result.SlicesOverLimit, result.ConnectionsOverLimit, Math.Round(result.UtilisationPercent, 1), Math.Round(result.PollsPerMessage, 4),
        Math.Round(result.DelayInSlice, 1), Math.Round(result.DelayOf(result.Scene.WhenFull), 1), Math.Round(result.NextSliceOf(result.Scene.WhenFull), 1),
        Math.Round(result.OperationsPerMessage, 3), Math.Round(result.WorkPerMessage, 3), result.Lost, result.Duplicates, result.PossibleRepeats);

    /// <summary>The table of some runs, each a column.</summary>
    public static string Table(IReadOnlyList<LimitsColumn> columns)
    {
        (string Name, Func<LimitsColumn, string> Cell)[] rows =
        [
            ("measured", c => c.Measured.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)),
            ("slices over the limit", c => Text($"{c.SlicesOverLimit}")),
            ("sessions over the limit", c => Text($"{c.SessionsOverLimit}")),
            ("use of the limit while there was work, %", c => Text($"{c.UtilisationPercent:0.#}")),
            ("queue messages taken per message", c => Text($"{c.PollsPerMessage:0.000}")),
            ("transactional in mid-slice: seconds to its last message", c => Text($"{c.UrgentSeconds:0.0}")),
            ("transactional when the slice is full: seconds", c => Text($"{c.UrgentWhenFullSeconds:0.0}")),
            ("… of which until the next slice", c => Text($"{c.NextSliceSeconds:0.0}")),
            ("storage operations per message", c => Text($"{c.OperationsPerMessage:0.000}")),
            ("… without those of hosts at rest", c => Text($"{c.WorkPerMessage:0.000}")),
            ("lost", c => Text($"{c.Lost}")),
            ("duplicates", c => Text($"{c.Duplicates}")),
            ("… counted as possible repeats", c => c.PossibleRepeats is { } repeats ? Text($"{repeats}") : "–"),
        ];
        var head = $"| `limits` | {string.Join(" | ", columns.Select(c => $"`{c.Arguments}`"))} |\n|---|{string.Concat(Enumerable.Repeat("---|", columns.Count))}\n";
        return head + string.Concat(rows.Select(row => $"| {row.Name} | {string.Join(" | ", columns.Select(row.Cell))} |\n"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
