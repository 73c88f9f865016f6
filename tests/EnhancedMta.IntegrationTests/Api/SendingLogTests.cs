using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Api;

public sealed class SendingLogTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "No such person")) { Prefix = "unknown" },
        new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full" },
    ];

    [Fact]
    public async Task The_log_is_filtered_and_paged_and_a_message_tells_its_history()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { });
        string[] ids = [.. Enumerable.Range(0, 57).Select(n => $"ok{n}"), "unknown1", "unknown2", "full1"];
        await mta.RelayAsync("d", ids);
        await mta.SettledAsync("d", waiting: 1);

        Assert.Equal(["unknown1", "unknown2"], await ListAsync(mta, "status=Failed"));
        Assert.Equal(["unknown1", "unknown2"], await ListAsync(mta, "reason=1"));
        Assert.Equal(["full1"], await ListAsync(mta, "status=Waiting"));
        Assert.Equal(["full1"], await ListAsync(mta, $"address=full1@{MtaUnderTest.Domain}"));
        Assert.Equal(58, (await ListAsync(mta, "status=Sent")).Count);
        Assert.Equal(60, (await ListAsync(mta, $"domain={MtaUnderTest.Domain}")).Count);
        Assert.Empty(await ListAsync(mta, "domain=elsewhere.example"));
        Assert.Equal(ids.Order(StringComparer.Ordinal), await ListAsync(mta, "limit=7"));

        var message = await mta.MessageAsync("d", "full1");
        var attempt = message.GetProperty("history")[0];
        Assert.Equal(("soft", 1, "127.0.0.1", "RcptTo"), (Text(attempt, "what"), attempt.GetProperty("attempt").GetInt32(), Text(attempt, "mxHost"), Text(attempt, "command")));
        Assert.Contains("452 4.2.2", Text(attempt, "reply"), StringComparison.Ordinal);
        Assert.True(message.GetProperty("message").GetProperty("next").GetDateTimeOffset() > mta.Clock.GetUtcNow());

        var throughput = await mta.SendAsync(HttpMethod.Get, "deliveries/d/throughput", 200);
        Assert.Equal(60, throughput.GetProperty("relay").EnumerateArray().Sum(m => m.GetProperty("messages").GetInt32()));
        Assert.Equal(57, throughput.GetProperty("outbound").EnumerateArray().Sum(m => m.GetProperty("messages").GetInt32()));
        Assert.Equal(2, throughput.GetProperty("outbound").EnumerateArray().Sum(m => m.GetProperty("failed").GetInt32()));
        Assert.Equal("d", (await mta.SendAsync(HttpMethod.Get, "deliveries", 200)).GetProperty("deliveries")[0].GetProperty("delivery").GetProperty("deliveryId").GetString());
    }

    [Fact]
    public async Task A_bounce_mail_takes_a_delivered_message_back_once()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { expectedSize = 4 });
        await mta.RelayAsync("d", "ok1", "ok2", "ok3", "full1");
        await mta.SettledAsync("d", waiting: 1);
        await BounceAsync(mta, await mta.ReturnPathAsync("d", "ok1"), "ok1");
        await EventuallyAsync(mta, "failed", 1);
        await BounceAsync(mta, await mta.ReturnPathAsync("d", "ok1"), "ok1");
        // Forged: one letter of the token is another.
        var path = await mta.ReturnPathAsync("d", "ok2");
        await BounceAsync(mta, (path[..8] + (path[8] == 'a' ? 'b' : 'a') + path[9..]), "ok2");
        await mta.BounceAsync("From: a@b.example\r\nSubject: hello\r\n\r\nno bounce at all\r\n");
        // Of one that waits for its next attempt, which must then not be made.
        await BounceAsync(mta, await mta.ReturnPathAsync("d", "full1"), "full1");
        await EventuallyAsync(mta, "failed", 2);

        var summary = await mta.SummaryAsync("d");
        Assert.Equal((2, 0, 50.0, 50.0), (summary.GetProperty("delivered").GetInt32(), summary.GetProperty("waitingForRetry").GetInt32(), summary.GetProperty("successPercent").GetDouble(), summary.GetProperty("deliveredPercent").GetDouble()));
        var message = (await mta.MessageAsync("d", "ok1")).GetProperty("message");
        Assert.Equal(("Failed", 1), (Text(message, "status"), message.GetProperty("reason").GetInt32()));
        var tries = mta.Sink.Ledger.Recipients[$"full1@{MtaUnderTest.Domain}"].Deferred;
        await mta.AdvanceAsync(TimeSpan.FromHours(84));
        await mta.AssertCountersEqualRecountAsync("d");
        Assert.Equal(tries, mta.Sink.Ledger.Recipients[$"full1@{MtaUnderTest.Domain}"].Deferred);
    }

    private static Task<JsonElement> BounceAsync(MtaUnderTest mta, string returnPath, string messageId) =>
        mta.BounceAsync(SampleBounces.Failed(returnPath, $"{messageId}@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person after all"));

    private static async Task EventuallyAsync(MtaUnderTest mta, string counter, int value)
    {
        var limit = DateTime.UtcNow.AddMinutes(3);
        while ((await mta.SummaryAsync("d")).GetProperty(counter).GetInt32() != value)
        {
            Assert.True(DateTime.UtcNow < limit, $"{counter} did not become {value}: {await mta.SummaryAsync("d")}");
            await Task.Delay(30, TestContext.Current.CancellationToken);
        }

        // All bounce mails before it in the queue are through, too.
        while ((await mta.Storage.Bounces.PeekMessageAsync(TestContext.Current.CancellationToken)).Value is not null && DateTime.UtcNow < limit)
            await Task.Delay(30, TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> ListAsync(MtaUnderTest mta, string query)
    {
        var ids = new List<string>();
        string? continuation = null;
        do
        {
            var page = await mta.SendAsync(HttpMethod.Get, $"deliveries/d/logs?{query}{(continuation is null ? "" : "&continuation=" + Uri.EscapeDataString(continuation))}", 200);
            ids.AddRange(page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("messageId").GetString()!));
            continuation = page.TryGetProperty("continuation", out var next) ? next.GetString() : null;
        }
        while (continuation is not null);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        return [.. ids.Order(StringComparer.Ordinal)];
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
