using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>How the real controller does against providers with hidden limits, under a virtual clock.</summary>
internal static class SimulateCommand
{
    public const string Usage = SimulateOptions.Usage;

    // Parts of the document.
    public const string SeedPart = "one seed";
    public const string SeedsPart = "many seeds";

    public static int Run(IReadOnlyList<string> arguments)
    {
        SimulateOptions options;
        try
        {
            options = SimulateOptions.Parse(arguments);
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"simulate: {e.Message}. Usage: {Usage}");
            return 2;
        }

        var trials = Run(options);
        var first = trials.Where(t => t.Seed == options.Seed).ToList();
        if (options.Moves)
            WriteMoves(first);
        Console.WriteLine(Tables.OfSeed(first));
        if (options.Seeds > 1)
            Console.WriteLine(Tables.OfSeeds(trials));
        if (options.Plots is { } directory)
            WriteDocument(directory, first, trials);
        var broken = trials.SelectMany(t => t.Broken()).ToList();
        foreach (var line in broken)
            Console.Error.WriteLine(line);
        if (options.Json)
            Console.WriteLine(Json(options, trials, broken));
        return broken.Count == 0 ? 0 : 1;
    }

    /// <summary>All trials, by scenario and seed.</summary>
    public static IReadOnlyList<Trial> Run(SimulateOptions options)
    {
        var trials = new ConcurrentBag<Trial>();
        var scenarios = Scenarios.All.Where(s => options.Scenario is null || s.Name == options.Scenario).ToList();
        Parallel.ForEach(
            from seed in Enumerable.Range(options.Seed, options.Seeds) from scenario in scenarios select (scenario, seed),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            pair => trials.Add(Trial.Of(pair.scenario, pair.seed)));
        return [.. trials.OrderBy(t => scenarios.IndexOf(t.Scenario)).ThenBy(t => t.Seed)];
    }

    private static void WriteDocument(string directory, List<Trial> first, IReadOnlyList<Trial> trials)
    {
        Plots.Write(first, directory);
        var file = directory.TrimEnd('/') + ".md";
        if (!File.Exists(file))
            return;
        var text = Document.Write(File.ReadAllText(file), SeedPart, Tables.OfSeed(first));
        File.WriteAllText(file, trials.Count == first.Count ? text : Document.Write(text, SeedsPart, Tables.OfSeeds(trials)));
    }

    private static void WriteMoves(List<Trial> trials)
    {
        foreach (var trial in trials)
        {
            Console.WriteLine($"{trial.Scenario.Title}, {Ways.Label(Way.Adaptive)}:");
            foreach (var move in trial.Runs[Way.Adaptive].Moves)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(move.At - Sender.Start).TotalHours,6:F2} h  {Describe(move)}"));
        }
    }

    private static string Describe(PathMove move)
    {
        string?[] parts =
        [
            move.From == move.To ? $"{move.To}" : $"{move.From} -> {move.To}",
            Change("messages per hour", move.MessagesPerHour),
            Change("connections", move.Connections),
            $"because of {move.Cause} {move.By}".TrimEnd(),
            move.Until is { } until ? string.Create(CultureInfo.InvariantCulture, $"until {(until - Sender.Start).TotalHours:F2} h") : null,
        ];
        return string.Join(", ", parts.Where(p => p is not null));
    }

    private static string? Change(string what, CeilingChange? change) => change is null ? null : $"{what} {change.From?.ToString(CultureInfo.InvariantCulture) ?? "any"} -> {change.To?.ToString(CultureInfo.InvariantCulture) ?? "any"}";

    private static string Json(SimulateOptions options, IReadOnlyList<Trial> trials, List<string> broken) => JsonSerializer.Serialize(new
    {
        seed = options.Seed,
        seeds = options.Seeds,
        worstDeliveredPercentOfKnowing = Worst(trials.SelectMany(t => Ways.Adaptive.Select(t.DeliveredShare))),
        worstObjectionsCutPercent = Worst(trials.SelectMany(t => Ways.Adaptive.Select(t.Cut)).OfType<double>()),
        holds = broken.Count == 0,
        trials = trials.Select(t => new
        {
            scenario = t.Scenario.Name,
            seed = t.Seed,
            messages = t.Runs[Way.Knows].Messages,
            ways = t.Runs.ToDictionary(r => JsonNamingPolicy.CamelCase.ConvertName(r.Key.ToString()), r => new
            {
                deliveredInTime = r.Value.DeliveredInTime,
                deliveredPercentOfKnowing = Math.Round(100 * t.DeliveredShare(r.Key), 2),
                attempts = r.Value.Attempts,
                objections = r.Value.Objections,
                objectionsCutPercent = t.Cut(r.Key) is { } cut ? Math.Round(100 * cut, 2) : (double?)null,
                blocked = r.Value.Blocks,
                nineTenthsDeliveredHours = r.Value.NineTenths is { } most ? Math.Round(most.TotalHours, 2) : (double?)null,
                recoveryHours = r.Value.Recovery is { } recovery ? Math.Round(recovery.TotalHours, 2) : (double?)null,
                moves = r.Value.Moves.Count,
            }),
        }),
    });

    private static double? Worst(IEnumerable<double> shares) => shares.Any() ? Math.Round(100 * shares.Min(), 2) : null;
}
