using System.Text;
using System.Text.Json;
using EnhancedMta.Erasures;
using EnhancedMta.IntegrationTests.Bounces;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Erasures;

/// <summary>A recipient's data erased by address: nothing of it is left in storage, and the KPIs are as they were.</summary>
public sealed class ErasureTests(AzuriteFixture azurite)
{
    // Their letter case differs from message to message, as Campaign's data do.
    private const string Address = "Gone.Person@recipients.example";

    private static readonly RecipientRule[] Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "<{recipient}>: gone.person was never here")) { Prefix = "gone.person.unknown" },
        new("full", new SinkReply(452, "4.2.2", "{recipient} has no room")) { Prefix = "gone.person.full" },
    ];

    [Fact]
    public async Task All_that_names_a_recipient_goes_and_all_else_stays()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("refused", new SinkReply(550, "5.1.1", "<{recipient}>: no gone.person here")) { Prefix = "gone.person", Tries = 1 }]);
        foreach (var id in (string[])["a", "b"])
        {
            await mta.DeclareAsync(id, new { expectedSize = 1_000 });
            mta.Client.DefaultRequestHeaders.Add("Idempotency-Key", "k");
            await RelayAsync(mta, id, [.. Enumerable.Range(0, 40).Select(n => ($"m{n}", $"other{n}@recipients.example")), ("gone", id == "a" ? Address : Address.ToLowerInvariant()), ("bad", $"{Address} x")]);
            mta.Client.DefaultRequestHeaders.Remove("Idempotency-Key");
            await mta.SettledAsync(id, waiting: 0);
        }

        await mta.BounceAsync(SampleBounces.Failed(await mta.ReturnPathAsync("b", "gone"), Address, "5.1.1", $"550 5.1.1 {Address} is gone"));
        await mta.BouncesWorkedOffAsync();
        var summaries = (await mta.SummaryAsync("a"), await mta.SummaryAsync("b")).ToString();
        Assert.NotEmpty(await StorageSearch.FindAsync(mta.Storage, "gone.person"));

        var answer = await EraseAsync(mta, Address.ToUpperInvariant().Replace("RECIPIENTS.EXAMPLE", "recipients.example", StringComparison.Ordinal), 200);
        Assert.Empty(await StorageSearch.FindAsync(mta.Storage, "gone.person"));
        var erased = answer.GetProperty("erased");
        Assert.Equal(("done", 2, 2, 2, 0), (answer.GetProperty("status").GetString(), Number(answer, "deliveries"), Number(erased, "messages"), Number(erased, "packs"), Number(answer, "onTheirWay")));
        Assert.InRange(Number(erased, "feedPages"), 2, 10);
        Assert.Equal(2, Number(erased, "answers"));
        Assert.DoesNotContain("gone.person", answer.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(answer.GetProperty("erased").ToString(), (await mta.SendAsync(HttpMethod.Get, $"erasures/{answer.GetProperty("erasureId").GetString()}", 200)).GetProperty("erased").ToString());

        // KPIs, the message's story without its words, and everybody else.
        Assert.Equal(summaries, (await mta.SummaryAsync("a"), await mta.SummaryAsync("b")).ToString());
        await mta.AssertCountersEqualRecountAsync("a");
        await mta.AssertCountersEqualRecountAsync("b");
        var gone = await mta.MessageAsync("a", "gone");
        Assert.Equal(("(erased)", "bounced", 1, "550 (erased)"), (Text(gone.GetProperty("message"), "to"), Text(gone.GetProperty("message"), "state"), Number(gone.GetProperty("message"), "reason"), Text(gone.GetProperty("message"), "reply")));
        Assert.Equal("other7@recipients.example", Text((await mta.MessageAsync("a", "m7")).GetProperty("message"), "to"));
        Assert.NotEmpty(await StorageSearch.FindAsync(mta.Storage, "For m7"));
        Assert.Equal(42, (await Feed.ReadAsync(mta, "a")).Count(e => e.MessageId == "gone" || e.Type == EnhancedMta.Feedback.DeliveryEventType.Delivered));

        // Once more finds nothing; a page of the log and a message that comes later are as ever.
        var again = await EraseAsync(mta, Address, 200);
        Assert.Equal((0, 0), (Number(again.GetProperty("erased"), "messages"), Number(again.GetProperty("erased"), "packs")));
        await mta.SendAsync(HttpMethod.Get, "deliveries/a/logs", 200);
    }

    [Fact]
    public async Task What_is_on_its_way_is_settled_first_and_erased_then_by_itself()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { expectedSize = 10, validityPeriod = "PT6H" });
        await RelayAsync(mta, "d", [("full", "gone.person.full@recipients.example"), ("m1", "other@recipients.example")]);
        await mta.SettledAsync("d", waiting: 1);

        var answer = await EraseAsync(mta, "gone.person.full@recipients.example", 202);
        Assert.Equal(("waiting", 1, 0), (Text(answer, "status"), Number(answer, "onTheirWay"), Number(answer.GetProperty("erased"), "messages")));
        Assert.Equal("waiting", Text((await mta.MessageAsync("d", "full")).GetProperty("message"), "state"));
        // Not before its time.
        await mta.Host.RunTimerAsync("EraseRecipients", TestContext.Current.CancellationToken);
        Assert.NotEmpty(await StorageSearch.FindAsync(mta.Storage, "gone.person"));
        // The same request again is the same erasure.
        Assert.Equal(Text(answer, "erasureId"), Text(await EraseAsync(mta, "gone.person.full@recipients.example", 202), "erasureId"));

        await mta.FinalAsync("d");
        mta.Clock.Advance(TimeSpan.FromHours(2));
        await mta.Host.RunTimerAsync("EraseRecipients", TestContext.Current.CancellationToken);
        var done = await mta.SendAsync(HttpMethod.Get, $"erasures/{Text(answer, "erasureId")}", 200);
        Assert.Equal(("done", 1, 0), (Text(done, "status"), Number(done.GetProperty("erased"), "messages"), Number(done, "onTheirWay")));
        Assert.Empty(await StorageSearch.FindAsync(mta.Storage, "gone.person"));
        Assert.Equal("expired", Text((await mta.MessageAsync("d", "full")).GetProperty("message"), "state"));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task An_erasure_that_is_cut_short_is_gone_on_with()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        foreach (var id in (string[])["a", "b", "c"])
        {
            await mta.DeclareAsync(id, new { expectedSize = 1 });
            await RelayAsync(mta, id, [("gone", Address)]);
            await mta.SettledAsync(id, waiting: 0);
        }

        var run = mta.Host.Services.GetRequiredService<ErasureRun>();
        var erasure = await mta.Host.Services.GetRequiredService<ErasureTable>().BeginAsync(Address, TestContext.Current.CancellationToken);
        var first = await run.GoOnAsync(erasure, TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Equal((ErasureStatus.Running, 1, "a"), (first.Status, first.Messages, first.After));
        // A worker with an old view of it gives way.
        Assert.Equal(1, (await run.GoOnAsync(erasure, TimeSpan.Zero, TestContext.Current.CancellationToken)).Messages);
        await mta.Host.RunTimerAsync("EraseRecipients", TestContext.Current.CancellationToken);
        var done = await mta.Host.Services.GetRequiredService<ErasureTable>().FindAsync(erasure.Id, TestContext.Current.CancellationToken);
        Assert.Equal((ErasureStatus.Done, 3, 3, null), (done!.Status, done.Messages, done.Deliveries, done.Address));
        Assert.Empty(await StorageSearch.FindAsync(mta.Storage, "gone.person"));
    }

    [Fact]
    public async Task A_request_that_cannot_be_used_names_its_field_and_not_the_address()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        foreach (var (body, field) in (IEnumerable<(string, string)>)[("""{"address": "Nobody at home"}""", "address"), ("""{"adress": "a@b.example"}""", "adress"), ("{}", "address"), ("[]", "body"), ("Nobody at home", "body")])
        {
            var problem = await mta.SendAsync(HttpMethod.Post, "erasures", 400, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
            Assert.DoesNotContain("Nobody", problem.ToString(), StringComparison.Ordinal);
        }

        await mta.SendAsync(HttpMethod.Get, "erasures/none", 404);
    }

    private static Task<JsonElement> EraseAsync(MtaUnderTest mta, string address, int status) =>
        mta.SendAsync(HttpMethod.Post, "erasures", status, new StringContent(JsonSerializer.Serialize(new { address }), Encoding.UTF8, "application/json"));

    private static Task<JsonElement> RelayAsync(MtaUnderTest mta, string deliveryId, IEnumerable<(string Id, string To)> messages) =>
        mta.SendAsync(HttpMethod.Post, $"deliveries/{deliveryId}/messages", 202, MtaUnderTest.Ndjson(string.Join('\n', messages.Select(m =>
            JsonSerializer.Serialize(new { messageId = m.Id, to = m.To, from = "news@sender.example", subject = $"For {m.Id}", text = $"Dear {m.To}, here it is." })))));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
