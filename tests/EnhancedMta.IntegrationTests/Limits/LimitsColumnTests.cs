using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Limits;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.LocalHost.Clocks;

namespace EnhancedMta.IntegrationTests.Limits;

/// <summary>Duplicates beside our own count of them.</summary>
[SupportedOSPlatform("linux")]
public sealed class LimitsColumnTests
{
    private static readonly LimitsOptions Options = new(Processes: 3, Messages: 800, Speed: 10, Slices: 2, Kill: true, Logs: null, Json: false);

    [Theory]
    [InlineData(2, 0, true)]
    [InlineData(1, 0, false)]
    // Of another delivery.
    [InlineData(1, 1, false)]
    [InlineData(0, 9, false)]
    public void More_duplicates_than_were_counted_fail_the_run(int ofLarge, int ofSmall, bool isGood)
    {
        var result = Result(ofLarge, ofSmall);
        Assert.Equal((2, ofLarge + ofSmall), (result.Duplicates, result.PossibleRepeats));
        Assert.Equal(isGood, LimitsReport.IsGood(Options, result));
        Assert.Contains($"\"possibleRepeats\":{ofLarge + ofSmall}", LimitsReport.Json(Options, result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_was_measured_before_they_were_counted_says_so()
    {
        var column = LimitsColumn.Of(Options, Result(2, 1));
        var table = LimitsColumn.Table([column, column with { PossibleRepeats = null }]);
        Assert.Contains("| … counted as possible repeats | 3 | – |", table, StringComparison.Ordinal);
    }

    /// <summary>All came, and two messages of the large delivery again.</summary>
    private static LimitsResult Result(int ofLarge, int ofSmall)
    {
        var scene = Scene.Of(Options);
        var census = new Census(scene.Sites, new FastClock(TimeProvider.System.GetUtcNow(), Options.Speed));
        var persona = scene.Throttled.Persona(Options.Speed);
        foreach (var mailing in scene.Mailings)
        {
            for (var n = 0; n < mailing.Count; n++)
                Take(mailing, n);
        }

        Take(scene.Large, 1);
        Take(scene.Large, 2);
        var repeats = scene.Mailings.ToDictionary(m => m.Id, m => m == scene.Large ? ofLarge : m == scene.Small ? ofSmall : 0);
        var accepted = scene.Mailings.Append(scene.WhenFull).ToDictionary(m => m.Id, _ => TimeProvider.System.GetUtcNow());
        return new LimitsResult(scene, census, accepted, repeats, HostCounts.None, HostCounts.None, 1, 1);

        void Take(Mailing mailing, int number) => census.Took(persona, mailing.MessageIdOf(number).Replace("@", ".seal@", StringComparison.Ordinal), "r@throttled.test");
    }
}
