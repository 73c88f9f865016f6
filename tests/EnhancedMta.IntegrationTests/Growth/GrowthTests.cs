using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Growth;
using EnhancedMta.IntegrationTests.Limits;

namespace EnhancedMta.IntegrationTests.Growth;

/// <summary>The growth run, as far as a test can wait for it: ten times as much in log and schedule asks no more of storage. Alone: it starts an Azurite of its own.</summary>
[SupportedOSPlatform("linux")]
[Collection(nameof(Alone))]
public sealed class GrowthTests
{
    [Fact]
    public async Task With_ten_times_as_many_messages_nothing_asks_more_of_storage()
    {
        var options = new GrowthOptions(UpTo: 10_000, Probe: 200, Document: null, Json: false);
        var result = await GrowthRun.RunAsync(options, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(GrowthReport.Json(result));
        Assert.Equal([1_000, 10_000], result.Points.Select(p => p.Messages));
        Assert.Empty(result.Grown);
        // Had nothing been asked, nothing would have grown.
        Assert.All(result.Points.SelectMany(p => p.Costs.Where(c => c.Key != GrowthRun.Relay)), cost => Assert.True(cost.Value.Operations >= 1, cost.Key));
    }

    [Fact]
    public void What_reads_ten_times_as_many_rows_is_found()
    {
        GrowthPoint At(int messages, Cost summary) => new(messages, 1, new Dictionary<string, Cost> { ["Summary"] = summary, ["list"] = new Cost(3, 3, 1, 1) }, 1, 1);
        Assert.Equal(["Summary"], new GrowthResult([At(1_000, new Cost(4, 1_000, 1, 1)), At(10_000, new Cost(4, 10_000, 1, 1))]).Grown);
        Assert.Equal(["Summary"], new GrowthResult([At(1_000, new Cost(4, 10, 1, 1)), At(10_000, new Cost(40, 10, 1, 1))]).Grown);
        Assert.Empty(new GrowthResult([At(1_000, new Cost(4, 10, 1, 1)), At(10_000, new Cost(5, 11, 9, 9))]).Grown);
    }
}
