using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>The figures, for people and for programs.</summary>
internal static class LimitsReport
{
    /// <summary>A killed process may repeat what it had in flight: its duplicates are told, and no fault as long as our own count has them.</summary>
    public static bool IsGood(LimitsOptions options, LimitsResult result) =>
        result is { SlicesOverLimit: 0, ConnectionsOverLimit: 0, MinutesOverLimit: 0, MessagesOverConnection: 0, Lost: 0, DuplicatesUntold: 0 }
        && (options.Kill || (result is { Duplicates: 0, UtilisationPercent: >= 95 } && result.WorkPerMessage <= 0.3));

    public static void Write(LimitsOptions options, LimitsResult result)
    {
        AnsiConsole.Write(Figures(options, result));
        AnsiConsole.Write(Slices(result));
        AnsiConsole.Write(Kinds(result));
        if (options.Json)
            Console.WriteLine(Json(options, result));
    }

    public static string Json(LimitsOptions options, LimitsResult result) => JsonSerializer.Serialize(new
    {
        processes = options.Processes,
        slicesOverLimit = result.SlicesOverLimit,
        connectionsOverLimit = result.ConnectionsOverLimit,
        utilisationPercent = Math.Round(result.UtilisationPercent, 2),
        pollsPerMessage = Math.Round(result.PollsPerMessage, 4),
        transactionalDelaySeconds = Math.Round(result.DelayInSlice, 1),
        transactionalDelaysSeconds = result.Scene.InSlice.Select(m => Math.Round(result.DelayOf(m), 1)),
        transactionalDelayWhenFullSeconds = Math.Round(result.DelayOf(result.Scene.WhenFull), 1),
        nextSliceWhenFullSeconds = Math.Round(result.NextSliceOf(result.Scene.WhenFull), 1),
        storageOperationsPerMessage = Math.Round(result.OperationsPerMessage, 4),
        storageOperationsPerMessageWithoutRest = Math.Round(result.WorkPerMessage, 4),
        operationsOfAHostAtRestPerSecond = Math.Round(AtRest(options, result), 3),
        storageOperationsByKind = result.Kinds.ToDictionary(k => k.Kind, k => Math.Round(k.PerMessage, 4)),
        lost = result.Lost,
        duplicates = result.Duplicates,
        possibleRepeats = result.PossibleRepeats,
        duplicatesUntold = result.DuplicatesUntold,
    });

    private static Table Figures(LimitsOptions options, LimitsResult result)
    {
        var scene = result.Scene;
        var table = new Table { Title = new TableTitle(Text($"{scene.Messages:N0} messages, {options.Processes} processes, {options.Speed:0.#} seconds in one{(options.Kill ? ", one process killed" : "")}")) };
        table.AddColumns("", "");
        foreach (var site in result.Census.Sites)
        {
            table.AddRow(Text($"{site.Site.Name}: connections at once"), Text($"{site.MostOpen} of {site.Site.Connections}"));
            table.AddRow(Text($"{site.Site.Name}: messages per connection"), Text($"{(double)site.Begun.Sum(s => s.Count) / Math.Max(1, site.Sessions):0.0} of {site.Site.MessagesPerConnection}"));
        }

        table.AddRow("slices over the limit, at MAIL", Text($"{result.SlicesOverLimit}"));
        table.AddRow("slices over the limit, at the end of data", Text($"{result.SlicesOverLimitAtEnd}"));
        table.AddRow("sessions over the limit", Text($"{result.ConnectionsOverLimit}"));
        table.AddRow("minutes over the limit of new connections", Text($"{result.MinutesOverLimit}"));
        table.AddRow("messages over a connection's limit", Text($"{result.MessagesOverConnection}"));
        table.AddRow("use of the limit while there was work", Text($"{result.UtilisationPercent:0.0} % of {result.BusySlices.Count} slices"));
        foreach (var mailing in scene.Mailings)
        {
            table.AddRow(
                Text($"{mailing.Id}: {mailing.Count:N0} messages"),
                Text($"through {result.DelayOf(mailing):0} s after it was accepted, {result.NextSliceOf(mailing):0} s before a slice began"));
        }

        table.AddRow("queue messages per message", Text($"{result.PollsPerMessage:0.000}"));
        table.AddRow("storage operations per message", Text($"{result.OperationsPerMessage:0.000}; {result.WorkPerMessage:0.000} without those of hosts at rest"));
        table.AddRow("storage operations of a host at rest, per second of the clock", Text($"{AtRest(options, result):0.000}"));
        table.AddRow("lost", Text($"{result.Lost}"));
        table.AddRow("duplicates", Text($"{result.Duplicates}"));
        table.AddRow("counted as possible repeats", Text($"{result.PossibleRepeats}; {result.DuplicatesUntold} duplicates that are not among them"));
        table.AddRow("real seconds", Text($"{result.Seconds:0}"));
        return table;
    }

    private static Table Slices(LimitsResult result)
    {
        var site = result.Census.Of(result.Scene.Throttled);
        var taken = site.Taken.ToDictionary(s => s.Slice, s => s.Count);
        var busy = result.BusySlices.Select(s => s.Slice).ToHashSet();
        var table = new Table { Title = new TableTitle(Text($"throttled: {site.Site.PerSlice} messages in a slice")) };
        table.AddColumns("slice", "at MAIL", "at the end of data", "");
        foreach (var (slice, count) in site.Begun)
            table.AddRow(Text($"{slice.Start:HH:mm}"), Text($"{count}"), Text($"{taken.GetValueOrDefault(slice)}"), busy.Contains(slice) ? "full of work" : "");
        return table;
    }

    private static Table Kinds(LimitsResult result)
    {
        var table = new Table { Title = new TableTitle("storage operations") };
        table.AddColumns("for", "per message", "of these at rest");
        foreach (var (kind, perMessage, atRest) in result.Kinds.Where(k => k.PerMessage >= 0.0005))
            table.AddRow(Markup.Escape(kind), Text($"{perMessage:0.0000}"), Text($"{atRest:0.0000}"));
        return table;
    }

    private static double AtRest(LimitsOptions options, LimitsResult result) =>
        result.AtRest / result.Seconds / options.Speed / (options.Processes - (options.Kill ? 1 : 0));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
