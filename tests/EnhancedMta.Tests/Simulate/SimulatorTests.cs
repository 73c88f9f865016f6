using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Simulate;

namespace EnhancedMta.Tests.Simulate;

/// <summary>The document's first seed in all scenarios, under a virtual clock.</summary>
[SupportedOSPlatform("linux")]
public sealed class SimulatorTests
{
    private const int DocumentedSeed = 1;

    private static readonly Lazy<IReadOnlyList<Trial>> Trials = new(() => SimulateCommand.Run(new SimulateOptions(DocumentedSeed, Seeds: 1)));

    private static string Root
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "EnhancedMta.sln")))
                directory = directory.Parent!;
            return directory.FullName;
        }
    }

    [Fact]
    public void Adaptation_holds_its_bounds_in_every_scenario()
    {
        Assert.Equal(Scenarios.All.Count, Trials.Value.Count);
        Assert.Empty(Trials.Value.SelectMany(t => t.Broken()));
    }

    [Fact]
    public void The_scenarios_have_something_to_show()
    {
        foreach (var trial in Trials.Value.Where(t => t.Scenario.Name != "calm"))
        {
            Assert.True(trial.Runs[Way.TooHigh].Objections > 1_000, trial.Scenario.Name);
            // The rule that knows is a fair measure: hardly anybody objects to it.
            Assert.InRange(trial.Runs[Way.Knows].Objections, 0, trial.Runs[Way.TooHigh].Objections / 100);
        }
    }

    [Fact]
    public void The_table_in_the_document_is_what_the_program_gives() =>
        Assert.Equal(Tables.OfSeed(Trials.Value), Document.Read(File.ReadAllText(Path.Combine(Root, "docs", "adaptive.md")), SimulateCommand.SeedPart));

    [Fact]
    public void The_plots_of_the_document_are_there()
    {
        var document = File.ReadAllText(Path.Combine(Root, "docs", "adaptive.md"));
        foreach (var name in Scenarios.All.Select(s => s.Name).Append("objections"))
        {
            Assert.Contains($"(adaptive/{name}.svg)", document, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Root, "docs", "adaptive", $"{name}.svg")), name);
        }
    }

    [Theory]
    [InlineData("--seed")]
    [InlineData("--seeds", "0")]
    [InlineData("--seed", "x")]
    [InlineData("--scenario", "storm")]
    [InlineData("--fast")]
    public void Arguments_that_cannot_be_used_are_named(params string[] arguments) =>
        Assert.Contains(arguments[0].TrimStart('-'), Assert.Throws<FormatException>(() => SimulateOptions.Parse(arguments)).Message, StringComparison.Ordinal);
}
