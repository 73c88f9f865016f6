using System.Net;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Overload;

/// <summary>What a caller sees of it, and that a refused request has left nothing behind.</summary>
public sealed class RefusalTests(AzuriteFixture azurite)
{
    private const string Disabled = "AzureWebJobs.RelayMarketing.Disabled";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_whose_queue_stands_still_refuses_and_changes_nothing_and_the_other_one_goes_on()
    {
        // Nobody takes marketing batches, and the least wait is too long.
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, new KeyValuePair<string, string?>(Disabled, "true"), new("EnhancedMta:Admission:MarketingWait", "00:00:01"));
        await mta.DeclareAsync("news", new { label = "News" });
        await mta.DeclareAsync("orders", new { label = "Orders", priority = "transactional" });
        // The first look finds an empty queue, a later one an order that has been there for a while.
        await mta.RelayAsync("news", "first");
        using var refused = await RefusedAsync(mta);

        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync(Stop));
        Assert.Equal(("Overloaded", "marketing", "queueWait", "seconds"),
            (problem.GetProperty("title").GetString(), problem.GetProperty("lane").GetString(), problem.GetProperty("bound").GetString(), problem.GetProperty("unit").GetString()));
        Assert.True(problem.GetProperty("measured").GetDouble() >= problem.GetProperty("limit").GetDouble());
        Assert.Equal(problem.GetProperty("retryAfter").GetDouble(), refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.InRange(refused.Headers.RetryAfter.Delta.Value.TotalSeconds, 1, 300);
        await mta.SendAsync(HttpMethod.Get, "deliveries/news/messages/second", 404);
        Assert.Equal(1, (await mta.SummaryAsync("news")).GetProperty("relayed").GetInt64());

        await mta.RelayAsync("orders", "code");
        await mta.SettledAsync("orders", waiting: 0);

        // The queue is worked off again: the same request, with the same key, is a new one.
        await mta.RestartAsync(new KeyValuePair<string, string?>(Disabled, "false"));
        await mta.SettledAsync("news", waiting: 0);
        mta.Clock.Advance(TimeSpan.FromMinutes(1));
        using var taken = await PostAsync(mta);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.False(taken.Headers.Contains("Idempotent-Replay"));
        await mta.SettledAsync("news", waiting: 0);
        Assert.Equal(3, mta.Sink.Ledger.Messages.Count);
    }

    private static async Task<HttpResponseMessage> RefusedAsync(MtaUnderTest mta)
    {
        HttpResponseMessage? answer = null;
        await Eventually.IsTrueAsync(async () =>
        {
            answer?.Dispose();
            // For the app's own pauses. How old the order is, storage says.
            mta.Clock.Advance(TimeSpan.FromSeconds(2));
            using var probe = new HttpRequestMessage(HttpMethod.Post, "deliveries/news/messages") { Content = MtaUnderTest.Ndjson("") };
            using var looked = await mta.Client.SendAsync(probe, Stop);
            if (looked.StatusCode != HttpStatusCode.TooManyRequests)
                return false;
            answer = await PostAsync(mta);
            return answer.StatusCode == HttpStatusCode.TooManyRequests;
        }, "marketing requests are refused");
        return answer!;
    }

    private static async Task<HttpResponseMessage> PostAsync(MtaUnderTest mta)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "deliveries/news/messages")
        {
            Content = MtaUnderTest.Ndjson("""{"messageId":"second","to":"second@recipients.example","from":"news@sender.example","subject":"Hello","text":"Hello"}"""),
        };
        request.Headers.Add("Idempotency-Key", "once");
        return await mta.Client.SendAsync(request, Stop);
    }
}
