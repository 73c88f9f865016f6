using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.SendingLog;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>Finding deliveries and messages by text.</summary>
public sealed class SearchTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Messages_are_found_by_id_recipient_and_reply()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("no", new SinkReply(550, "5.1.1", "Nobody Here")) { Prefix = "no" }]);
        // Several partitions, so that pages go over their ends.
        await mta.DeclareAsync("d", new { expectedSize = 1_000_000 });
        await mta.RelayAsync("d", [.. Enumerable.Range(0, 40).Select(n => $"yes{n:00}"), "no1", "no2"]);
        await mta.SettledAsync("d", 0);

        Assert.Equal(["no1", "no2"], await FindAsync("search=nobody%20HERE", 100));
        Assert.Equal(["yes07"], await FindAsync("search=yes07", 100));
        Assert.Equal(["no1", "no2"], await FindAsync("search=no", 1));
        Assert.Equal(Enumerable.Range(0, 40).Select(n => $"yes{n:00}"), await FindAsync("search=YES", 7));
        Assert.Equal(["no1", "no2"], await FindAsync($"search={MtaUnderTest.Domain}&status=Failed", 100));
        Assert.Empty(await FindAsync("search=elsewhere", 100));
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?search=yes&continuation=nonsense", 400);

        async Task<IReadOnlyList<string>> FindAsync(string query, int limit)
        {
            var found = new List<string>();
            string? continuation = null;
            do
            {
                var page = await mta.SendAsync(HttpMethod.Get, $"deliveries/d/logs?{query}&limit={limit}{(continuation is null ? "" : $"&continuation={continuation}")}", 200);
                var messages = page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("messageId").GetString()!).ToList();
                Assert.True(messages.Count <= limit);
                found.AddRange(messages);
                continuation = page.TryGetProperty("continuation", out var next) ? next.GetString() : null;
            }
            while (continuation is not null);
            return [.. found.Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task A_search_costs_a_bounded_number_of_storage_requests_and_says_how_far_it_came()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: new KeyValuePair<string, string?>("EnhancedMta:Routes:*", null));
        await mta.SendAsync(HttpMethod.Post, "mode", 200, new StringContent("""{"mode":"maintenance"}"""));
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", Enumerable.Range(0, LogSearch.MaxExamined + 1_000).Select(n => $"m{n:00000}"));
        var before = mta.Storage.Operations.Count;
        var page = await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?search=nowhere", 200);
        Assert.True(mta.Storage.Operations.Count - before <= LogSearch.MaxRequests + 3, $"{mta.Storage.Operations.Count - before} requests");
        Assert.Equal((0, LogSearch.MaxExamined), (page.GetProperty("messages").GetArrayLength(), page.GetProperty("examined").GetInt32()));
        var rest = await mta.SendAsync(HttpMethod.Get, $"deliveries/d/logs?search=nowhere&continuation={page.GetProperty("continuation").GetString()}", 200);
        Assert.False(rest.TryGetProperty("continuation", out _) || rest.TryGetProperty("examined", out _));
    }

    [Fact]
    public async Task Deliveries_come_newest_first_and_are_found_by_label()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        foreach (var (id, label) in new[] { ("b", "Spring sale"), ("c", "Autumn"), ("a", "spring again") })
        {
            await mta.DeclareAsync(id, new { label });
            mta.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["a", "c", "b"], await IdsAsync("order=newest"));
        Assert.Equal(["a", "b"], await IdsAsync("search=SPRING"));
        Assert.Equal(["c"], await IdsAsync("search=C"));
        Assert.Equal(["a", "b", "c"], await IdsAsync("limit=10"));
        var first = await mta.SendAsync(HttpMethod.Get, "deliveries?order=newest&limit=2", 200);
        Assert.Equal(["a", "c"], Ids(first));
        Assert.Equal(["b"], await IdsAsync($"order=newest&limit=2&continuation={first.GetProperty("continuation").GetString()}"));
        await mta.SendAsync(HttpMethod.Get, "deliveries?order=newest&continuation=nonsense", 400);
        await mta.SendAsync(HttpMethod.Get, "deliveries?order=oldest", 400);

        async Task<IReadOnlyList<string>> IdsAsync(string query) => Ids(await mta.SendAsync(HttpMethod.Get, $"deliveries?{query}", 200));
    }

    private static List<string> Ids(JsonElement page) => [.. page.GetProperty("deliveries").EnumerateArray().Select(d => d.GetProperty("delivery").GetProperty("deliveryId").GetString()!)];
}
