using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

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

    [Fact]
    public async Task A_row_that_stood_in_the_way_and_is_gone_when_it_is_looked_for_keeps_nothing_from_being_accepted()
    {
        var passer = new PasserBy();
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], [passer]);
        await mta.DeclareAsync("d", new { expectedSize = 3 });
        passer.Table = mta.Storage.Log;
        var answer = await mta.RelayAsync("d", "a", "b", "c");
        Assert.Null(passer.Table);
        Assert.Equal((3, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32()));
        await mta.SettledAsync("d", waiting: 0);
        await mta.AssertCountersEqualRecountAsync("d");
    }

    /// <summary>A row of message b that is there while the next transaction is tried, and no longer, as one that is being erased.</summary>
    private sealed class PasserBy : HttpPipelinePolicy
    {
        public TableClient? Table { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (Table is not { } table || !message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
            {
                await ProcessNextAsync(message, pipeline);
                return;
            }

            Table = null;
            var row = new TableEntity(new LogPartition("d", 0).Key, LogKeys.Message("b"));
            await table.AddEntityAsync(row);
            await ProcessNextAsync(message, pipeline);
            await table.DeleteEntityAsync(row);
        }
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
