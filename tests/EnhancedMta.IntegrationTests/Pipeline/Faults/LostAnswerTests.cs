using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

public sealed class LostAnswerTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_request_whose_stored_rows_were_not_confirmed_is_accepted_and_queued_all_the_same()
    {
        var loss = new LostAnswer(request => request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal));
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

    [Fact]
    public async Task A_caller_whose_idempotency_key_was_stored_and_not_confirmed_does_not_wait_for_itself()
    {
        var loss = new LostAnswer(request => request.Method == RequestMethod.Post && request.Uri.Path.EndsWith("/requests", StringComparison.Ordinal));
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], [loss]);
        await mta.DeclareAsync("d", new { expectedSize = 1 });
        mta.Client.DefaultRequestHeaders.Add("Idempotency-Key", "k");
        loss.IsArmed = true;
        var answer = await mta.RelayAsync("d", "a");
        Assert.False(loss.IsArmed, "No answer was lost.");
        Assert.Equal(1, answer.GetProperty("accepted").GetInt32());
    }

    /// <summary>Loses the answer to the next such request, below the SDK's retries.</summary>
    private sealed class LostAnswer(Func<Request, bool> isIt) : HttpPipelinePolicy
    {
        public bool IsArmed { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            if (!IsArmed || !isIt(message.Request))
                return;
            IsArmed = false;
            throw new IOException("The answer got lost.");
        }
    }
}
