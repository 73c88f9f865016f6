using System.Globalization;

namespace EnhancedMta.Benchmarks.Simulate;

/// <param name="Seed">First seed.</param>
/// <param name="Seeds">How many, counting up from it.</param>
/// <param name="Scenario">Only this one; null for all.</param>
/// <param name="Json">End with one line of JSON.</param>
/// <param name="Plots">Directory for the plots of the first seed; the document beside it (DIR.md) gets the tables.</param>
/// <param name="Moves">Also write the adaptive path's moves of the first seed.</param>
internal sealed record SimulateOptions(int Seed = 1, int Seeds = 20, string? Scenario = null, bool Json = false, string? Plots = null, bool Moves = false)
{
    public const string Usage = "simulate [--seed S] [--seeds N] [--scenario NAME] [--json] [--plots DIR] [--moves]";

    public static SimulateOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SimulateOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--seed" => options with { Seed = Number(0) },
                "--seeds" => options with { Seeds = Number(1) },
                "--scenario" => options with { Scenario = Value() },
                "--json" => options with { Json = true },
                "--plots" => options with { Plots = Value() },
                "--moves" => options with { Moves = true },
                var other => throw new FormatException($"cannot use '{other}'"),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value");

            int Number(int least)
            {
                var name = arguments[i];
                return int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= 1_000_000
                    ? number : throw new FormatException($"{name} needs a whole number from {least} to 1000000");
            }
        }
        return options.Scenario is { } name && Scenarios.All.All(s => s.Name != name)
            ? throw new FormatException($"--scenario: one of {string.Join(", ", Scenarios.All.Select(s => s.Name))}") : options;
    }
}
