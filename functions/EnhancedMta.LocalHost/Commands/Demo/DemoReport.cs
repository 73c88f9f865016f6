using System.Globalization;
using EnhancedMta.LocalHost.Hosting;
using Spectre.Console;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>The Summary as Campaign has it, what it took, and how it was checked.</summary>
internal static class DemoReport
{
    public static void Write(IAnsiConsole console, DemoResult result, DemoWorld world, string deliveryId, bool exits)
    {
        console.WriteLine();
        console.Write(Summary(result.Summary));
        console.Write(Failures(result.Summary));
        console.Write(ProviderTable.Of(world.Sink.Ledger));
        console.Write(Figures(result, world));
        foreach (var fault in result.Faults) Line(console, $"FAULT: {fault}");
        Line(console, result.Faults.Count == 0 ? "Everything arrived once, and the totals are what the providers had to lead to." : "The demo failed.");
        foreach (var line in world.Log.Lines) Line(console, $"host: {line}");
        Line(console, $"Dashboard  {world.Dashboard}");
        var address = world.Api.AddressOf(deliveryId);
        Line(console, $"API        {address}");
        Line(console, $"           curl -H \"{FunctionKeys.Header}: {world.Keys.Function}\" {address}");
        if (!exits)
            Line(console, $"Your turn  {FunctionKeys.Export(world.Host.Address, world.Keys.Function)}");
    }

    private static Table Summary(SummaryView summary)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new("Summary") };
        foreach (var title in new[] { "To deliver", "Relayed", "Sent", "Failed", "Success %", "Delivered", "Delivered %", "Soft bounced", "Retried", "Expired" })
            table.AddColumn(new TableColumn(title).RightAligned());
        return table.AddRow(
            Number(summary.ToDeliver), Number(summary.Relayed), Number(summary.Sent), Number(summary.Failed), Percent(summary.SuccessPercent),
            Number(summary.Delivered), Percent(summary.DeliveredPercent), Number(summary.SoftBounced), Number(summary.Retried), Number(summary.Expired));
    }

    private static Table Failures(SummaryView summary)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new("Failures by reason") }
            .AddColumn("Reason").AddColumn("Label").AddColumn(new TableColumn("Count").RightAligned()).AddColumn(new TableColumn("% of failures").RightAligned());
        foreach (var failure in summary.FailuresByReason)
            table.AddRow(Number(failure.Reason), failure.Label, Number(failure.Count), Percent(failure.PercentOfErrors));
        return table;
    }

    private static Table Figures(DemoResult result, DemoWorld world)
    {
        var signed = world.Sink.Ledger.Personas.Values.Sum(counts => counts.DkimSigned);
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false }.AddColumn("").AddColumn("");
        table.AddRow("First attempts of all", FormattableString.Invariant($"{result.MessagesPerSecond:N0} messages/s, with {result.FirstOperationsPerMessage:0.000} storage operations per message"));
        table.AddRow("With all retries", FormattableString.Invariant($"{result.Seconds:0.0} s of real time for {DemoScreen.Ahead(world.Clock.Ahead)} h of the shortened clock, {result.StorageOperationsPerMessage:0.000} storage operations per message"));
        table.AddRow("Checked at the sink", FormattableString.Invariant($"lost {result.Lost}, duplicates {result.Duplicates}; {signed:N0} came with a DKIM signature"));
        table.AddRow("Feedback pushed", FormattableString.Invariant($"{world.Feedback.Events.Count:N0} signed events in {world.Feedback.Batches:N0} batches, each event once; {world.Feedback.Repeats} batches came again"));
        return table;
    }

    // Not Markup: replies and keys may hold brackets. Not wrapped: a curl line is for copying.
    private static void Line(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double percent) => percent.ToString("0.00", CultureInfo.InvariantCulture);
}
