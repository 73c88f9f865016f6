using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>The figures, for people and for programs.</summary>
internal static class RelayReport
{
    public static void Write(Measurement measurement, bool json)
    {
        var table = new Table().AddColumns(["", .. measurement.Sides.Select(side => Markup.Escape(side.Label))]);
        foreach (var (name, value) in RelayTables.Rows)
        {
            string[] cells = [name, .. measurement.Sides.Select(value)];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        table.Title = new TableTitle(string.Create(CultureInfo.InvariantCulture,
            $"{measurement.Messages:N0} messages of {measurement.SizeInKB} KB, DKIM-signed, after {RelayOptions.WarmUp:N0} to warm up{(measurement.Runs > 1 ? $"; {measurement.Runs} runs" : "")}"));
        AnsiConsole.Write(table);
        if (measurement.Sides[0].Phases is { Count: > 0 } phases)
            AnsiConsole.Write(Table(phases));
        foreach (var missing in measurement.Missing)
            Console.WriteLine($"{missing.Label} {(missing.Failed ? "failed" : "was skipped")}: {missing.Why}");
        if (json)
            Console.WriteLine(Json(measurement));
    }

    private static Table Table(IReadOnlyList<PhaseFigures> phases)
    {
        var table = new Table().AddColumns(RelayTables.PhaseColumns);
        foreach (var phase in phases)
            table.AddRow([.. RelayTables.Cells(phase).Select(Markup.Escape)]);
        table.Title = new TableTitle("EnhancedMta, per 1,000 messages");
        return table;
    }

    /// <summary>One line: our figures and the first peer's, then all peers'.</summary>
    public static string Json(Measurement measurement)
    {
        var ours = measurement.Sides[0];
        var peer = measurement.Sides.Skip(1).FirstOrDefault();
        return JsonSerializer.Serialize(new
        {
            ours.MessagesPerSecond,
            peerMessagesPerSecond = peer?.MessagesPerSecond,
            peer?.Ratio,
            ours.CpuSecondsPer1000,
            peerCpuSecondsPer1000 = peer?.CpuSecondsPer1000,
            ours.StorageCpuSecondsPer1000,
            ours.PeakMemoryMB,
            ours.StorageOperationsPerMessage,
            ours.Lost,
            ours.Duplicates,
            ours.Phases,
            measurement.Messages,
            measurement.SizeInKB,
            measurement.Runs,
            measurement.Machine,
            peers = measurement.Sides.Skip(1),
            measurement.Missing,
        }, JsonSerializerOptions.Web);
    }
}
