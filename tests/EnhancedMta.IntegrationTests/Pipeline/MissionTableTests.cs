using System.Text.Json;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>The mission's table of KPIs and statuses, row by row, driven by HTTP as Campaign would.</summary>
public sealed class MissionTableTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "There is nobody here named {recipient}")) { Prefix = "unknown" },
        new("once busy", new SinkReply(451, "4.3.2", "System not accepting mail now")) { Prefix = "later", Tries = 1 },
        new("full", new SinkReply(452, "4.2.2", "The mailbox has no room left")) { Prefix = "never" },
    ];

    [Fact]
    public async Task Each_row_of_the_table_shows_its_status_success_and_delivered_percent()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules, null, KeyValuePair.Create("AzureWebJobs.RelayMarketing.Disabled", (string?)"true"));
        await mta.DeclareAsync("d1", new { label = "Spring", expectedSize = 4 });

        // 1. Relayed from Campaign to the Enhanced MTA: 100 %, Sent.
        await mta.RelayAsync("d1", "ok", "unknown", "later", "never");
        await AssertAsync(mta, 100, 0, ("ok", "Sent"), ("unknown", "Sent"), ("later", "Sent"), ("never", "Sent"));

        // 2. and 3. A hard bounce: falls, Failed. A soft bounce: no change, Sent.
        await mta.RestartAsync(KeyValuePair.Create("AzureWebJobs.RelayMarketing.Disabled", (string?)"false"));
        await mta.SettledAsync("d1", waiting: 2);
        await AssertAsync(mta, 75, 25, ("ok", "Sent"), ("unknown", "Failed"), ("later", "Sent"), ("never", "Sent"));

        // 4. A retry succeeds: no change, Sent.
        while ((await StateAsync(mta, "later")) != "delivered")
        {
            Assert.True(await mta.AdvanceToNextRetryAsync());
            await ReadAfterRetryAsync(mta);
        }

        await AssertAsync(mta, 75, 50, ("ok", "Sent"), ("unknown", "Failed"), ("later", "Sent"), ("never", "Sent"));

        // 5. Retries fail until the validity period ends: falls, Failed.
        await mta.AdvanceAsync(TimeSpan.FromHours(84));
        await mta.SettledAsync("d1", waiting: 0);
        await AssertAsync(mta, 50, 50, ("ok", "Sent"), ("unknown", "Failed"), ("later", "Sent"), ("never", "Failed"));

        var never = (await mta.MessageAsync("d1", "never")).GetProperty("message");
        Assert.Equal("expired", never.GetProperty("state").GetString());
        Assert.Equal(5, never.GetProperty("reason").GetInt32());
        var unknown = (await mta.MessageAsync("d1", "unknown")).GetProperty("message");
        Assert.Equal(("hard", 1, "User unknown"), (unknown.GetProperty("failureType").GetString(), unknown.GetProperty("reason").GetInt32(), unknown.GetProperty("reasonLabel").GetString()));
        await mta.AssertCountersEqualRecountAsync("d1");
    }

    private static async Task ReadAfterRetryAsync(MtaUnderTest mta)
    {
        // The attempt runs on its own; its end shows in the message's history.
        var before = (await mta.MessageAsync("d1", "later")).GetProperty("history").GetArrayLength();
        var limit = DateTime.UtcNow.AddSeconds(5);
        while ((await mta.MessageAsync("d1", "later")).GetProperty("history").GetArrayLength() == before && DateTime.UtcNow < limit)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    private static async Task<string?> StateAsync(MtaUnderTest mta, string messageId) =>
        (await mta.MessageAsync("d1", messageId)).GetProperty("message").GetProperty("state").GetString();

    private static async Task AssertAsync(MtaUnderTest mta, double success, double delivered, params (string MessageId, string Status)[] statuses)
    {
        var summary = await mta.SummaryAsync("d1");
        Assert.Equal((success, delivered), (Number(summary, "successPercent"), Number(summary, "deliveredPercent")));
        foreach (var (messageId, status) in statuses)
            Assert.Equal((messageId, status), (messageId, (await mta.MessageAsync("d1", messageId)).GetProperty("message").GetProperty("status").GetString()));
    }

    private static double Number(JsonElement summary, string name) => summary.GetProperty(name).GetDouble();
}
