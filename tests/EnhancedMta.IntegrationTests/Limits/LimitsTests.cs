using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Limits;

namespace EnhancedMta.IntegrationTests.Limits;

/// <summary>The benchmark of limits, as short as it tells anything.</summary>
[SupportedOSPlatform("linux")]
public sealed class LimitsTests
{
    [Fact]
    public async Task Two_processes_hold_the_limits_together()
    {
        var options = new LimitsOptions(Processes: 2, Messages: 1_200, Speed: 20, Slices: 3, Kill: false, Logs: null, Json: false);
        var result = await LimitsRun.RunAsync(options, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(LimitsReport.Json(options, result));
        Assert.Equal((0, 0, 0), (result.SlicesOverLimit, result.ConnectionsOverLimit, result.MessagesOverConnection));
        Assert.Equal((0, 0), (result.Lost, result.Duplicates));
    }
}
