using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Fuzz;
using EnhancedMta.Benchmarks.Fuzz.Targets;

namespace EnhancedMta.IntegrationTests.Fuzz;

/// <summary>Whole sessions with servers that say what they like.</summary>
[SupportedOSPlatform("linux")]
public sealed class SmtpServerFuzzTests
{
    private const int Inputs = 150;

    [Fact]
    public void Every_session_comes_to_a_result()
    {
        using var target = new SmtpServerTarget();
        var result = FuzzRun.Run([target], Inputs, seed: 1, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        Assert.Empty(result.Findings.Select(finding => $"{finding.Number}: {finding.What}"));
        Assert.Equal(Inputs, result.Figures[0].Inputs);
    }
}
