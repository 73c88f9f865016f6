using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>The figures, for people and for programs.</summary>
internal static class RelayReport
{
    /// <summary>Nothing is missing, nothing came twice, and all is signed.</summary>
    public static bool IsGood(SideResult side) =>
        side is { Lost: 0, Duplicates: 0 } && side.Dump.Signed == side.Dump.Total && side.Dump.Verified == side.Dump.Sampled;

    public static void Write(RelayOptions options, SideResult ours, SideResult? peer)
    {
        var ratio = peer is null ? (double?)null : ours.MessagesPerSecond / peer.MessagesPerSecond;
        var table = new Table().AddColumns("", ours.Name);
        if (peer is not null)
            table.AddColumn(peer.Name);
        foreach (var (name, value) in Rows)
        {
            string[] cells = peer is null ? [name, value(ours)] : [name, value(ours), value(peer)];
            table.AddRow(cells);
        }
        table.Title = new TableTitle(string.Create(CultureInfo.InvariantCulture,
            $"{options.Messages:N0} messages of {options.SizeInKB} KB, DKIM-signed, after {RelayOptions.WarmUp:N0} to warm up"));
        AnsiConsole.Write(table);
        if (ratio is { } times)
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"EnhancedMta delivers {times:0.00} times as many messages a second."));
        if (options.Json)
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                messagesPerSecond = Math.Round(ours.MessagesPerSecond, 1),
                peerMessagesPerSecond = Rounded(peer?.MessagesPerSecond, 1),
                ratio = Rounded(ratio, 3),
                cpuSecondsPer1000 = Math.Round(ours.CpuSecondsPer1000, 3),
                peerCpuSecondsPer1000 = Rounded(peer?.CpuSecondsPer1000, 3),
                storageCpuSecondsPer1000 = Rounded(ours.StorageCpuSecondsPer1000, 3),
                peakMemoryMB = Rounded(ours.PeakMemoryMB, 1),
                storageOperationsPerMessage = Rounded(ours.StorageOperationsPerMessage, 4),
                lost = ours.Lost,
                duplicates = ours.Duplicates,
            }));
    }

    private static IEnumerable<(string Name, Func<SideResult, string> Value)> Rows =>
    [
        ("delivered, messages/s", s => Text(s.MessagesPerSecond, "N0")),
        ("accepted, messages/s", s => Text(s.AcceptedPerSecond, "N0")),
        ("seconds", s => Text(s.Seconds, "N1")),
        ("CPU seconds per 1,000", s => Text(s.CpuSecondsPer1000, "N2")),
        ("Azurite's CPU seconds per 1,000", s => Text(s.StorageCpuSecondsPer1000, "N2")),
        ("peak memory, MB", s => Text(s.PeakMemoryMB, "N0")),
        ("storage operations per message", s => Text(s.StorageOperationsPerMessage, "N3")),
        ("lost", s => Text(s.Lost, "N0")),
        ("duplicates", s => Text(s.Duplicates, "N0")),
        ("with a DKIM signature", s => string.Create(CultureInfo.InvariantCulture, $"{s.Dump.Signed:N0} of {s.Dump.Total:N0}")),
        ("signature verified", s => string.Create(CultureInfo.InvariantCulture, $"{s.Dump.Verified:N0} of {s.Dump.Sampled:N0} looked at")),
    ];

    private static double? Rounded(double? value, int digits) => value is { } v ? Math.Round(v, digits) : null;

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
