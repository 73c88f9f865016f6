using System.Diagnostics;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Latency;

/// <summary>What waits for nobody else goes at once: a host that has been idle does not let a message wait for its next look at the queue.</summary>
public sealed class IdleLatencyTests(AzuriteFixture azurite)
{
    /// <summary>Pauses between looks at an empty queue double: after so long the next look is five seconds away or more.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(14);

    /// <summary>Less than that pause, and a hundred times what a quiet machine takes.</summary>
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(5);

    private const int Rounds = 3;

    [Fact]
    public async Task Polling_does_not_decide_when_a_message_goes()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, KeyValuePair.Create<string, string?>("AzureFunctionsJobHost:extensions:queues:maxPollingInterval", "01:00:00"));
        await mta.DeclareAsync("d", new { priority = "transactional", expectedSize = 10 });
        await mta.RelayAsync("d", "first");
        await Eventually.IsTrueAsync(() => mta.Sink.Ledger.Messages.Count == 1, "the first message is there");
        var took = TimeSpan.MaxValue;
        // A busy machine may be slow once; were it polling, all rounds would be.
        for (var round = 1; round <= Rounds && took > Generous; round++)
        {
            var before = mta.Sink.Ledger.Messages.Count;
            await Task.Delay(Idle, TestContext.Current.CancellationToken);
            var watch = Stopwatch.StartNew();
            await mta.RelayAsync("d", $"m{round}");
            await Eventually.IsTrueAsync(() => mta.Sink.Ledger.Messages.Count > before, "the message is there");
            took = watch.Elapsed;
        }

        Assert.True(took <= Generous, $"It took {took}, in each of {Rounds} rounds.");
    }
}
