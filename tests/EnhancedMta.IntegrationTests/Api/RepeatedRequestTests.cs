using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>What a caller does who got no answer: sends it again.</summary>
public sealed class RepeatedRequestTests(AzuriteFixture azurite)
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 700).Select(n => $"m{n}")];

    [Fact]
    public async Task The_same_request_twice_sends_no_message_twice()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = Ids.Length });
        Assert.Equal(Ids.Length, (await mta.RelayAsync("d", Ids)).GetProperty("accepted").GetInt32());
        var again = await mta.RelayAsync("d", Ids);
        Assert.Equal((0, Ids.Length), (again.GetProperty("accepted").GetInt32(), again.GetProperty("duplicates").GetInt32()));
        await AssertEachArrivedOnceAsync(mta);
    }

    [Fact]
    public async Task Half_a_request_with_a_cut_connection_and_then_the_whole_sends_each_message_once()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = Ids.Length });
        var body = Encoding.UTF8.GetBytes(string.Join('\n', Ids.Select(Line)));
        await SendHalfAsync(mta, body);
        // The half may be worked on for a moment yet, as it would be for a real caller.
        var answer = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(Encoding.UTF8.GetString(body)));
        Assert.Equal(Ids.Length, answer.GetProperty("accepted").GetInt32() + answer.GetProperty("duplicates").GetInt32());
        await AssertEachArrivedOnceAsync(mta);
    }

    [Fact]
    public async Task An_idempotency_key_gives_the_first_answer_back_and_is_for_one_request_only()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        var body = $"{Line("a")}\nbroken\n{Line("b")}";
        mta.Client.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        var first = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(body));
        var again = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(body));
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(2, again.GetProperty("accepted").GetInt32());
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 422, MtaUnderTest.Ndjson(Line("c")));
        mta.Client.DefaultRequestHeaders.Remove("Idempotency-Key");
        mta.Client.DefaultRequestHeaders.Add("Idempotency-Key", "with/slash");
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 400, MtaUnderTest.Ndjson(Line("c")));
        Assert.Equal(2, (await mta.SummaryAsync("d")).GetProperty("relayed").GetInt64());
    }

    [Fact]
    public async Task A_stopped_delivery_refuses_what_is_to_come_and_what_it_has_goes_on()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, KeyValuePair.Create("AzureWebJobs.RelayMarketing.Disabled", (string?)"true"));
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await mta.RelayAsync("d", "a", "b", "c");
        var stopped = await mta.SendAsync(HttpMethod.Post, "deliveries/d/stop", 200);
        Assert.Equal((3, "Stopped"), (stopped.GetProperty("goesOn").GetInt32(), stopped.GetProperty("delivery").GetProperty("status").GetString()));
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 409, MtaUnderTest.Ndjson(Line("late")));
        await mta.RestartAsync(KeyValuePair.Create("AzureWebJobs.RelayMarketing.Disabled", (string?)"false"));
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(3, (await mta.SummaryAsync("d")).GetProperty("delivered").GetInt64());
    }

    /// <summary>Announces the whole body, sends half of it, and resets the connection.</summary>
    private static async Task SendHalfAsync(MtaUnderTest mta, byte[] body)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(mta.Host.Address.Host, mta.Host.Address.Port, TestContext.Current.CancellationToken);
        var key = mta.Client.DefaultRequestHeaders.GetValues(FunctionKeys.Header).Single();
        var head = $"POST /api/deliveries/d/messages HTTP/1.1\r\nHost: localhost\r\n{FunctionKeys.Header}: {key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {body.Length}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head));
        await socket.SendAsync(body.AsMemory(0, body.Length / 2));
        // Until some of it is ours, so that there is something to be repeated.
        var limit = DateTime.UtcNow.AddMinutes(3);
        while ((await mta.SummaryAsync("d")).GetProperty("relayed").GetInt64() == 0)
        {
            Assert.True(DateTime.UtcNow < limit, "Nothing of the first half was accepted.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        socket.Close();
    }

    private static async Task AssertEachArrivedOnceAsync(MtaUnderTest mta)
    {
        await mta.SettledAsync("d", waiting: 0);
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((Ids.Length, Ids.Length), (summary.GetProperty("relayed").GetInt32(), summary.GetProperty("delivered").GetInt32()));
        Assert.Equal(Ids.Length, mta.Sink.Ledger.Recipients.Count);
        Assert.All(mta.Sink.Ledger.Recipients, r => Assert.True(r.Value.Accepted == 1, $"{r.Key} arrived {r.Value.Accepted} times"));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private static string Line(string id) =>
        JsonSerializer.Serialize(new { messageId = id, to = $"{id}@{MtaUnderTest.Domain}", from = "News <news@sender.example>", subject = $"For {id}", text = $"Dear {id}." });
}
