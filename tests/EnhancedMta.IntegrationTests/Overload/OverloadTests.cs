using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Overload;
using EnhancedMta.IntegrationTests.Limits;

namespace EnhancedMta.IntegrationTests.Overload;

/// <summary>The overload run, as short as it tells anything.</summary>
[SupportedOSPlatform("linux")]
[Collection(nameof(Alone))]
public sealed class OverloadTests
{
    [Fact]
    public async Task What_is_too_much_is_refused_and_what_was_accepted_arrives_once_and_transactional_mail_is_never_refused()
    {
        // Eight connections that take some 30 ms for a message: 300 a second at best, on any machine.
        var options = new OverloadOptions(Minutes: 0.2, Times: 0, Rate: 1_500, Senders: 8, Wait: 5, Document: null, Json: false);
        var result = await OverloadRun.RunAsync(options, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(OverloadReport.Json(options, result));
        Assert.Equal((0, 0, 0), (result.Lost, result.Duplicates, result.Unexpected));
        Assert.True(result.Marketing.Accepted > 0);
        Assert.True(result.Marketing.Refused.ContainsKey("queueWait"), "Nothing was refused: the test has shown nothing.");
        Assert.InRange(result.Told.Least, 1, 300);
        Assert.InRange(result.Told.Most, 1, 300);
        Assert.True(result.Transactional.Accepted > 0);
        Assert.Equal(0, result.Transactional.RefusedRequests);
    }
}
