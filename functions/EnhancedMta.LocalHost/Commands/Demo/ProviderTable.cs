using System.Globalization;
using EnhancedMta.LocalHost.SmartSink;
using Spectre.Console;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>The sink's side of the demo, provider by provider.</summary>
internal static class ProviderTable
{
    public static Table Of(SinkLedger sink)
    {
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("Provider").AddColumn("Recipient domains").AddColumn("Habit");
        foreach (var title in new[] { "Taken", "Deferred", "Refused", "421" })
            table.AddColumn(new TableColumn(title).RightAligned());
        foreach (var provider in SinkProviders.All)
        {
            var counts = sink.Personas.GetValueOrDefault(provider.Name) ?? new();
            table.AddRow(
                provider.Name, string.Join(", ", provider.Domains), Habit(provider),
                Number(counts.Accepted), Number(counts.Deferred), Number(counts.Refused), Number(counts.SessionsRefused));
        }
        return table;
    }

    private static string Habit(Persona provider)
    {
        List<string> habits = [.. provider.Rules.Select(rule => rule.Name)];
        if (provider.Throttle is not null) habits.Add("throttles");
        if (provider.Delay > TimeSpan.Zero) habits.Add("slow");
        return habits.Count == 0 ? "takes everything" : string.Join(", ", habits);
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
