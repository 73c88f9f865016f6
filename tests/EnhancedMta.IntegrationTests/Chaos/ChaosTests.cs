using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Chaos;
using EnhancedMta.IntegrationTests.Limits;

namespace EnhancedMta.IntegrationTests.Chaos;

/// <summary>The chaos run, as short as it tells anything. Alone: it takes the whole machine, and other tests' waits would be for it.</summary>
[SupportedOSPlatform("linux")]
[Collection(nameof(Alone))]
public sealed class ChaosTests
{
    [Fact]
    public async Task Nothing_is_lost_while_everything_around_fails()
    {
        var options = new ChaosOptions(Minutes: 0.2, Seed: 7, Processes: 2, Rate: 40, Logs: null, Document: null, Json: false);
        var result = await ChaosRun.RunAsync(options, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(ChaosReport.Json(options, result));
        Assert.True(result.Audit.Findings.Count == 0, $"{string.Join('\n', result.Audit.Findings)}\nWhat the processes said is in {result.Logs}.");
        Assert.Equal((0, 0), (result.Crashes, result.Audit.Lost));
        Assert.Equal(result.Audit.Accepted, result.Audit.Delivered + result.Audit.Failed);
        Assert.True(result.Audit.Accepted > 0, "No message was accepted: the test has shown nothing.");
        Assert.True(result.TotalFaults > 0, "Nothing went wrong: the test has shown nothing.");
    }
}
