using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

public sealed class LostAnswerTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_request_whose_stored_rows_were_not_confirmed_is_accepted_and_queued_all_the_same()
    {
        var loss = new LostTransactionAnswer();
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], [loss]);
        await mta.DeclareAsync("d", new { expectedSize = 3 });
        loss.IsArmed = true;
        var answer = await mta.RelayAsync("d", "a", "b", "c");
        Assert.False(loss.IsArmed, "No answer was lost.");
        Assert.Equal((3, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32()));

        // No sweeper runs here: the batch must have been queued by the request.
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(3, (await mta.SummaryAsync("d")).GetProperty("delivered").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    /// <summary>Loses the answer to the next entity group transaction, below the SDK's retries.</summary>
    private sealed class LostTransactionAnswer : HttpPipelinePolicy
    {
        public bool IsArmed { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            if (!IsArmed || !message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
                return;
            IsArmed = false;
            throw new IOException("The answer got lost.");
        }
    }
}
