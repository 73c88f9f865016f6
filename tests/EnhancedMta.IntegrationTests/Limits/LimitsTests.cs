using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Limits;

namespace EnhancedMta.IntegrationTests.Limits;

/// <summary>The benchmark of limits, as short as it tells anything. Alone: what it counts depends on the machine's speed.</summary>
[SupportedOSPlatform("linux")]
[Collection(nameof(Alone))]
public sealed class LimitsTests
{
    [Fact]
    public async Task Two_processes_hold_the_limits_together()
    {
        var options = new LimitsOptions(Processes: 2, Messages: 800, Speed: 12, Slices: 2, Kill: false, Logs: null, Json: false);
        var result = await LimitsRun.RunAsync(options, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"{result.Seconds:0} s");
        Assert.Equal((0, 0, 0), (result.SlicesSurelyOverLimit, result.ConnectionsOverLimit, result.MessagesOverConnection));
        Assert.Equal((0, 0), (result.Lost, result.Duplicates));
        // Each request is of some kind; those that storage never answered are of none, and the two counts are read one after the other while requests go on.
        Assert.InRange(result.Counts.Kinds.Values.Sum(), result.Counts.StorageOperations * 90 / 100, result.Counts.StorageOperations * 105 / 100);
    }
}
