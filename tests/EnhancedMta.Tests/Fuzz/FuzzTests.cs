using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Fuzz;
using EnhancedMta.Benchmarks.Fuzz.Targets;

namespace EnhancedMta.Tests.Fuzz;

/// <summary>A little of what <c>EnhancedMta.Benchmarks -- fuzz</c> does by hand, always the same; and all that it ever found.</summary>
[SupportedOSPlatform("linux")]
public sealed class FuzzTests
{
    private const int Inputs = 8_000;

    private static readonly IReadOnlyList<FuzzTarget> Targets =
        [new RepliesTarget(), new BounceMailTarget(), new RelayRequestTarget(), new ReturnPathTarget(), new DeclarationTarget(), new BounceRulesTarget(), new MxRulesTarget()];

    private static string Corpus => Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus");

    /// <summary>By the reader's name, which the file's begins with.</summary>
    public static TheoryData<string> Found => [.. Directory.EnumerateFiles(Corpus).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void No_reader_fails_or_swells_over_damaged_input()
    {
        var result = FuzzRun.Run(Targets, Inputs, seed: 1, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        Assert.Empty(result.Findings.Select(finding => $"{finding.Target} {finding.Number}: {finding.What}"));
        Assert.Equal(Inputs, result.Figures.Sum(figures => figures.Inputs));
        Assert.All(result.Figures, figures => Assert.True(figures.Inputs > 0, $"{figures.Target} had no input."));
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void What_was_found_once_is_read_now(string file)
    {
        var target = Targets.Single(candidate => file.StartsWith($"{candidate.Name}-", StringComparison.Ordinal));
        // Whatever else there is to choose, the media type for example.
        for (var choice = 0; choice < 20; choice++)
            target.Read(File.ReadAllBytes(Path.Combine(Corpus, file)), new Random(choice));
    }

    [Fact]
    public void An_input_follows_from_seed_and_number()
    {
        var (one, again, other) = (FuzzRun.Input(Targets, 5, 77), FuzzRun.Input(Targets, 5, 77), FuzzRun.Input(Targets, 5, 78));
        Assert.Equal(one.Input, again.Input);
        Assert.Same(one.Target, again.Target);
        Assert.NotEqual(one.Input, other.Input);
    }
}
