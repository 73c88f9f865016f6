using System.Text.Json;
using Azure.Data.Tables;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Bounces;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.SendingLog;

namespace EnhancedMta.IntegrationTests.Copies;

/// <summary>Email BCC on the whole app: what the archive gets, and that the message's own story stays its own.</summary>
public sealed class CopyTests(AzuriteFixture azurite)
{
    private const string Archive = $"archive@{MtaUnderTest.Domain}";

    private static readonly KeyValuePair<string, string?> On = new("EnhancedMta:BccAddress", Archive);

    [Fact]
    public async Task The_archive_gets_each_delivered_message_once_and_no_other()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("unknown", new SinkReply(550, "5.1.1", "No such user")) { Prefix = "unknown" }], settings: On);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", [.. Enumerable.Range(0, 96).Select(n => $"m{n}"), "unknown1"]);
        await CopiedAsync(mta, sent: 96, failed: 0);

        Assert.Equal((96, 0, 0), Counts(mta.Sink.Ledger.Recipients[Archive]));
        // The same mail, twice over: once to its recipient, once to the archive.
        Assert.Equal(96, mta.Sink.Ledger.Messages.Count);
        Assert.All(mta.Sink.Ledger.Messages.Values, times => Assert.Equal(2, times));
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((97, 96, 1, 96), (Number(summary, "relayed"), Number(summary, "delivered"), Number(summary, "failed"), Number(summary.GetProperty("copies"), "sent")));
        var message = await mta.MessageAsync("d", "m7");
        Assert.Equal("sent", message.GetProperty("message").GetProperty("copy").GetString());
        Assert.Equal(["delivered", "copySent"], message.GetProperty("history").EnumerateArray().Select(e => e.GetProperty("what").GetString()));
        Assert.False((await mta.MessageAsync("d", "unknown1")).GetProperty("message").TryGetProperty("copy", out _));
        // Campaign hears nothing of it.
        Assert.Equal(97, (await Feed.ReadAsync(mta, "d")).Count(e => e.Type is DeliveryEventType.Delivered or DeliveryEventType.Hard));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_copy_has_retries_of_its_own_and_what_becomes_of_it_is_none_of_the_message()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("later", new SinkReply(451, "4.3.2", "Not now")) { Prefix = "archive", Tries = 2 }], settings: On);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", "one");
        await Eventually.IsTrueAsync(() => mta.Sink.Ledger.Recipients.GetValueOrDefault(Archive)?.Deferred == 1, "the copy was deferred");
        await mta.SettledAsync("d", waiting: 0);
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((1, 0, 0), (Number(summary, "delivered"), Number(summary, "softBounced"), Number(summary, "retried")));
        await Eventually.IsTrueAsync(async () => (await HistoryAsync(mta, "one")).Contains("copyWaits"), "its wait is noted");

        while (mta.Sink.Ledger.Recipients[Archive].Accepted == 0)
        {
            await Eventually.IsTrueAsync(async () => mta.Sink.Ledger.Recipients[Archive].Accepted > 0 || await mta.AdvanceToNextRetryAsync(), "the copy waits for its time, or has arrived");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await CopiedAsync(mta, sent: 1, failed: 0);
        Assert.Equal((1, 2, 0), Counts(mta.Sink.Ledger.Recipients[Archive]));
        Assert.Equal(["delivered", "copySent"], await HistoryAsync(mta, "one"));
    }

    [Fact]
    public async Task A_copy_that_is_refused_leaves_its_message_delivered()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("no", new SinkReply(550, "5.1.1", "No such archive")) { Prefix = "archive" }], settings: On);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", "one", "two");
        await CopiedAsync(mta, sent: 0, failed: 2);
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((2, 0, 100.0), (Number(summary, "delivered"), Number(summary, "failed"), summary.GetProperty("successPercent").GetDouble()));
        var message = (await mta.MessageAsync("d", "one")).GetProperty("message");
        Assert.Equal(("delivered", "Sent", "failed"), (message.GetProperty("state").GetString(), message.GetProperty("status").GetString(), message.GetProperty("copy").GetString()));
        Assert.False(message.TryGetProperty("reason", out _));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_bounce_of_a_copy_is_none_of_the_message()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: On);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", "one");
        await CopiedAsync(mta, sent: 1, failed: 0);
        var id = mta.Sink.Ledger.Messages.Keys.Single();
        var bounce = SampleBounces.Failed("archive-copy@bounces.example", Archive, "5.2.2", "552 5.2.2 The archive is full").Replace(
            "--part--", $"--part\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nSubject: For one\r\n\r\n--part--", StringComparison.Ordinal);
        await mta.BounceAsync(bounce);
        await mta.BounceAsync(bounce);
        await mta.BouncesWorkedOffAsync();
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((1, 0, 0, 1), (Number(summary, "delivered"), Number(summary, "failed"), Number(summary.GetProperty("copies"), "sent"), Number(summary.GetProperty("copies"), "failed")));
        Assert.Equal("failed", (await mta.MessageAsync("d", "one")).GetProperty("message").GetProperty("copy").GetString());

        // One that knows its message's return path is about the message, as ever.
        await mta.BounceAsync(SampleBounces.Failed(await mta.ReturnPathAsync("d", "one"), $"one@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such user"));
        await mta.BouncesWorkedOffAsync();
        Assert.Equal(1, Number(await mta.SummaryAsync("d"), "failed"));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task Copies_of_a_thousand_messages_cost_less_than_a_fifth_of_an_operation_each()
    {
        const int Messages = 1_000;
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: On);
        await mta.DeclareAsync("d", new { expectedSize = Messages });
        // Held by the archive's own limits copies would go for hours; here they go as they can.
        var before = mta.StorageRequests;
        await mta.RelayAsync("d", Enumerable.Range(0, Messages).Select(n => $"m{n}"));
        var reads = 0;
        await Eventually.IsTrueAsync(
            async () =>
            {
                reads++;
                return await CopiesAsync(mta) == (Messages, 0);
            },
            "all copies are there");
        var operations = mta.StorageRequests - before - reads * 3;
        TestContext.Current.SendDiagnosticMessage($"{operations} storage operations for {Messages} messages and their copies: {(double)operations / Messages:0.000} each.");
        Assert.InRange(operations, 1, Messages * 2 / 5);
    }

    [Fact]
    public async Task Without_an_archive_any_more_copies_are_given_up_and_said_so()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("later", new SinkReply(451, "4.3.2", "Not now")) { Prefix = "archive" }], settings: On);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", "one");
        await Eventually.IsTrueAsync(async () => (await HistoryAsync(mta, "one")).Contains("copyWaits"), "the copy waits");
        await mta.RestartAsync(new KeyValuePair<string, string?>("EnhancedMta:BccAddress", ""));
        Assert.True(await mta.AdvanceToNextRetryAsync());
        await CopiedAsync(mta, sent: 0, failed: 1);
        await mta.AssertCountersEqualRecountAsync("d");
        Assert.Empty(await mta.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(new LogPartition("d", 0).Key, LogKeys.BatchPrefix), cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    private static Task CopiedAsync(MtaUnderTest mta, int sent, int failed) => Eventually.IsTrueAsync(async () => await CopiesAsync(mta) == (sent, failed), $"{sent} copies are sent, {failed} failed");

    private static async Task<(int Sent, int Failed)> CopiesAsync(MtaUnderTest mta) =>
        (await mta.SummaryAsync("d")).TryGetProperty("copies", out var copies) ? (Number(copies, "sent"), Number(copies, "failed")) : (0, 0);

    private static async Task<List<string?>> HistoryAsync(MtaUnderTest mta, string messageId) =>
        [.. (await mta.MessageAsync("d", messageId)).GetProperty("history").EnumerateArray().Select(e => e.GetProperty("what").GetString())];

    private static (int Accepted, int Deferred, int Refused) Counts(RecipientCounts counts) => (counts.Accepted, counts.Deferred, counts.Refused);

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
