using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Relay;

namespace EnhancedMta.Tests.Docs;

/// <summary>Figures of speed in the docs are those that the benchmark wrote.</summary>
[SupportedOSPlatform("linux")]
public sealed class RelayFiguresTests
{
    // Else: repeat the measurement with --write docs/performance.md.
    [Fact]
    public void Each_table_and_the_READMEs_is_what_the_program_makes_of_its_data()
    {
        var document = Path.Combine(Markdown.Root, "docs", "performance.md");
        var all = RelayDocument.Read(RelayDocument.DataFile(document));
        Assert.NotEmpty(all);
        Assert.All(all, measurement =>
        {
            Assert.Equal(RelayTables.OfSize(measurement), RelayDocument.Part(File.ReadAllText(document), RelayDocument.PartOf(measurement.SizeInKB)));
            Assert.All(measurement.Sides, side => Assert.True(side.IsGood(), $"{side.Label} did not do the work, so its figures tell nothing."));
        });
        Assert.Equal(RelayTables.Summary(all), RelayDocument.Part(File.ReadAllText(Path.Combine(Markdown.Root, "README.md")), RelayDocument.SummaryPart));
    }
}
