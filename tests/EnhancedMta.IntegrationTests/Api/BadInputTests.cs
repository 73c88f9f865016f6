using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>Bad input gets an error that names the field or line, spoils no neighbour, and takes no host down.</summary>
public sealed class BadInputTests(AzuriteFixture azurite)
{
    private static string Good(string id) => Line(new { messageId = id, to = $"{id}@{MtaUnderTest.Domain}", from = "news@sender.example", subject = "s", text = "t" });

    public static TheoryData<string, string> BadLines => new()
    {
        { "{\"messageId\":\"x\",\"to\":", "JSON" },
        { "[1,2]", "object" },
        { Line(new { messageId = "x", from = "a@b.example", subject = "s", text = "t" }), "to" },
        { Line(new { to = $"x@{MtaUnderTest.Domain}", from = "a@b.example", subject = "s", text = "t" }), "messageId" },
        { Line(new { messageId = "x y", to = $"x@{MtaUnderTest.Domain}", from = "a@b.example", text = "t" }), "messageId" },
        { Line(new { messageId = "x", to = "nobody", from = "a@b.example", subject = "s", text = "t" }), "to" },
        { Line(new { messageId = "x", to = "a@b.example\r\nRCPT TO:<evil@b.example>", from = "a@b.example", text = "t" }), "to" },
        { Line(new { messageId = "x", to = $"x@{MtaUnderTest.Domain}", from = "a@b.example", subject = "s\r\nBcc: evil@b.example", text = "t" }), "subject" },
        { Line(new { messageId = "x", to = $"x@{MtaUnderTest.Domain}", from = "a@b.example\nBcc: c@d.example", subject = "s", text = "t" }), "from" },
        { Line(new { messageId = "x", to = $"x@{MtaUnderTest.Domain}", from = "a@b.example", subject = "s", text = "t", headers = new Dictionary<string, string> { ["X-A"] = "b\r\nX-C: d" } }), "X-A" },
        { Line(new { messageId = "x", to = $"x@{MtaUnderTest.Domain}", mime = "Subject: no sender\r\n\r\nbody" }), "From" },
        { Line(new { messageId = "x", to = $"x@{MtaUnderTest.Domain}", mime = "From: a@b.example\r\n\r\nb", text = "t" }), "mime" },
        { Line(new { messageId = "x", to = $"x@{MtaUnderTest.Domain}", from = "a@b.example", subject = "nothing in it" }), "text" },
    };

    [Theory]
    [MemberData(nameof(BadLines))]
    public async Task A_bad_line_is_named_and_its_neighbours_are_accepted(string bad, string named)
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        var answer = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson($"{Good("before")}\n{bad}\n{Good("after")}\n"));
        Assert.Equal((2, 0, 1), (Int(answer, "accepted"), Int(answer, "duplicates"), Int(answer, "rejectedCount")));
        var rejected = answer.GetProperty("rejected")[0];
        Assert.Equal(2, Int(rejected, "line"));
        Assert.Contains(named, rejected.GetProperty("error").GetString(), StringComparison.OrdinalIgnoreCase);
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(["after@" + MtaUnderTest.Domain, "before@" + MtaUnderTest.Domain], mta.Sink.Ledger.Recipients.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_of_40_megabytes_is_refused_and_its_neighbours_are_accepted()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        var huge = Line(new { messageId = "huge", to = $"huge@{MtaUnderTest.Domain}", from = "a@b.example", subject = "s", text = new string('x', 40 * 1024 * 1024) });
        var answer = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson($"{Good("before")}\n{huge}\n{Good("after")}"));
        Assert.Equal((2, 1), (Int(answer, "accepted"), Int(answer, "rejectedCount")));
        Assert.Equal(2, Int(answer.GetProperty("rejected")[0], "line"));
        await AssertHealthyAsync(mta);
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_and_the_host_stays_well()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Good("first") + "\n"), TestContext.Current.CancellationToken);
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 200; i++)
                await gzip.WriteAsync(zeros, TestContext.Current.CancellationToken);
        }

        var problem = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 413, Gzipped(packed.ToArray()));
        // What was read before the bomb was told is accepted, and the answer says so.
        Assert.Equal(1, Int(problem, "accepted"));
        await AssertHealthyAsync(mta);
    }

    [Fact]
    public async Task Gzip_is_taken_and_a_cut_one_is_told()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Good("a") + "\n" + Good("b")), TestContext.Current.CancellationToken);
        Assert.Equal(2, Int(await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, Gzipped(packed.ToArray())), "accepted"));
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 400, Gzipped(packed.ToArray()[..^12]));
    }

    [Fact]
    public async Task Eight_bit_and_internationalised_addresses_are_refused_or_delivered()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        byte[] latin1 = [.. Encoding.UTF8.GetBytes("{\"messageId\":\"l\",\"to\":\"andr"), 0xE9, .. Encoding.UTF8.GetBytes($"@{MtaUnderTest.Domain}\",\"from\":\"a@b.example\",\"text\":\"t\"}}\n")];
        var utf8 = Encoding.UTF8.GetBytes(Line(new { messageId = "u", to = $"andré@{MtaUnderTest.Domain}", from = "a@b.example", subject = "été", text = "déjà" }));
        using var content = new ByteArrayContent([.. latin1, .. utf8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var answer = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, content);
        Assert.Equal((1, 1), (Int(answer, "accepted"), Int(answer.GetProperty("rejected")[0], "line")));
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(1, mta.Sink.Ledger.Recipients[$"andré@{MtaUnderTest.Domain}"].Accepted);
    }

    [Fact]
    public async Task A_messageId_comes_once_in_a_delivery()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        var answer = await mta.RelayAsync("d", "a", "b", "a");
        Assert.Equal((2, 1), (Int(answer, "accepted"), Int(answer, "duplicates")));
        answer = await mta.RelayAsync("d", "b", "c");
        Assert.Equal((1, 1), (Int(answer, "accepted"), Int(answer, "duplicates")));
        await mta.SettledAsync("d", waiting: 0);
        Assert.All(mta.Sink.Ledger.Recipients.Values, r => Assert.Equal(1, r.Accepted));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task Requests_that_cannot_be_served_say_why()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        var problem = await mta.SendAsync(HttpMethod.Post, "deliveries/unknown/messages", 404, MtaUnderTest.Ndjson(Good("a")));
        Assert.Contains("PUT", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 415, new StringContent("a,b", Encoding.UTF8, "text/csv"));
        await mta.SendAsync(HttpMethod.Get, "deliveries/unknown", 404);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/messages/unknown", 404);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?status=Perhaps", 400);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?limit=0", 400);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?reason=x", 400);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?continuation=nonsense", 400);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/throughput?hours=0", 400);
        await mta.SendAsync(HttpMethod.Post, "bounces/pigeon", 404);
        await mta.SendAsync(HttpMethod.Post, "bounces/dsn", 415, new StringContent("x", Encoding.UTF8, "text/plain"));
        await AssertHealthyAsync(mta);
    }

    [Theory]
    [InlineData("-bad", "{}", 400, "deliveryId")]
    [InlineData("d", "not json", 400, "body")]
    [InlineData("d", "{\"channel\":\"sms\"}", 422, "channel")]
    [InlineData("d", "{\"validityPeriod\":\"5 days\"}", 400, "validityPeriod")]
    [InlineData("d", "{\"validityPeriod\":\"P1M\"}", 400, "validityPeriod")]
    [InlineData("d", "{\"priority\":\"urgent\"}", 400, "priority")]
    [InlineData("d", "{\"expectedSize\":-1}", 400, "expectedSize")]
    [InlineData("d", "{\"sender\":\"nobody\"}", 400, "sender")]
    [InlineData("d", "{\"label\":\"a\",\"label\":\"b\"}", 400, "body")]
    public async Task A_wrong_declaration_names_its_field(string deliveryId, string body, int status, string field)
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var problem = await mta.SendAsync(HttpMethod.Put, $"deliveries/{deliveryId}", status, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_declaration_keeps_Campaigns_settings_out_and_says_so()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var answer = await mta.DeclareAsync("d", new { label = "Spring", maxRetries = 5, mxRules = new { }, priority = "transactional", metadata = new { campaign = 7 } });
        Assert.Equal(["maxRetries", "mxRules"], answer.GetProperty("ignored").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("transactional", answer.GetProperty("delivery").GetProperty("priority").GetString());
        answer = await mta.DeclareAsync("d", new { label = "Summer" }, expectedStatus: 200);
        Assert.Equal("Summer", answer.GetProperty("delivery").GetProperty("label").GetString());
    }

    [Fact]
    public async Task Without_the_right_key_nothing_is_done()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        mta.Client.DefaultRequestHeaders.Remove(FunctionKeys.Header);
        await mta.SendAsync(HttpMethod.Put, "deliveries/d", 401, new StringContent("{}", Encoding.UTF8, "application/json"));
        mta.Client.DefaultRequestHeaders.Add(FunctionKeys.Header, "wrong");
        await mta.SendAsync(HttpMethod.Get, "deliveries", 401);
        await AssertHealthyAsync(mta);
    }

    private static async Task AssertHealthyAsync(MtaUnderTest mta) => Assert.Equal("ok", (await mta.SendAsync(HttpMethod.Get, "health", 200)).GetProperty("status").GetString());

    private static int Int(JsonElement answer, string name) => answer.GetProperty(name).GetInt32();

    private static string Line(object line) => JsonSerializer.Serialize(line);

    private static ByteArrayContent Gzipped(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
