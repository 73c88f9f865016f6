using System.Collections.Concurrent;
using System.Diagnostics;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.Telemetry;

namespace EnhancedMta.IntegrationTests.Telemetry;

/// <summary>One trace per batch, through the queue.</summary>
public sealed class TraceTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_batch_is_one_trace_from_acceptance_to_settlement()
    {
        const string DeliveryId = "trace-test-delivery";
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync(DeliveryId, new { expectedSize = 10 });
        await mta.RelayAsync(DeliveryId, "one", "two");
        // Other tests' batches are traced too, meanwhile.
        List<Activity> Mine(string name) => [.. ended.Where(a => a.OperationName == name && a.GetTagItem("enhancedmta.delivery") as string == DeliveryId)];
        await Eventually.IsTrueAsync(() => Mine("relay batch").Count == 1, "the batch is relayed");

        var (accepted, relayed) = (Assert.Single(Mine("accept batch")), Assert.Single(Mine("relay batch")));
        Assert.Equal(accepted.TraceId, relayed.TraceId);
        Assert.Equal(accepted.SpanId, relayed.ParentSpanId);
        Assert.Equal((ActivityKind.Producer, ActivityKind.Consumer, "complete"), (accepted.Kind, relayed.Kind, relayed.GetTagItem("enhancedmta.result")));
        var steps = ended.Where(a => a.TraceId == relayed.TraceId && a.ParentSpanId == relayed.SpanId).ToList();
        Assert.Contains(steps, s => s.OperationName == "fetch");
        Assert.Contains(steps, s => s.OperationName == "settle");
        var sent = steps.Where(s => s.OperationName == "smtp").ToList();
        Assert.Equal(["one", "two"], sent.Select(s => s.GetTagItem("enhancedmta.message") as string).Order(StringComparer.Ordinal));
        Assert.All(sent, s => Assert.Equal(("Accepted", 250), (s.GetTagItem("enhancedmta.attempt"), s.GetTagItem("enhancedmta.reply_code"))));
        Assert.All(ended.Where(a => a.TraceId == relayed.TraceId).SelectMany(a => a.TagObjects), tag => Assert.DoesNotContain("recipients.example", $"{tag.Value}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_sampled_costs_the_queue_message_nothing()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: new KeyValuePair<string, string?>("AzureWebJobs.RelayMarketing.Disabled", "true"));
        // Unless the other test of this class listens, which runs apart from this one.
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await mta.RelayAsync("d", "one");
        var message = (await mta.Storage.RelayMarketing.PeekMessageAsync(TestContext.Current.CancellationToken)).Value;
        Assert.DoesNotContain("trace", message.MessageText, StringComparison.Ordinal);
    }
}
