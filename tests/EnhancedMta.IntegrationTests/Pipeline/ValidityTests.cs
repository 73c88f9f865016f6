using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Pipeline;

public sealed class ValidityTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> NeverRoom = [new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full" }];

    [Theory]
    [InlineData("P5D", "P3DT12H", 84 * 60)]
    [InlineData("P3DT12H", "P3DT12H", 84 * 60)]
    [InlineData("PT1H", "PT1H", 60)]
    public async Task A_message_expires_at_the_declared_period_or_at_three_and_a_half_days(string declared, string effective, int minutes)
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, NeverRoom);
        var answer = await mta.DeclareAsync("d", new { validityPeriod = declared });
        Assert.Equal(effective, answer.GetProperty("effectiveValidityPeriod").GetString());
        Assert.Equal(declared != effective, answer.TryGetProperty("validityPeriodCut", out _));
        var began = mta.Clock.GetUtcNow();
        await mta.RelayAsync("d", "full");
        await mta.SettledAsync("d", waiting: 1);

        // Every retry fails, up to the last minute of its life.
        var last = began;
        while (await NextAsync(mta) is { } next && next < began.AddMinutes(minutes))
        {
            var attempts = await AttemptsAsync(mta);
            Assert.True(await mta.AdvanceToNextRetryAsync());
            last = mta.Clock.GetUtcNow();
            await WaitForAttemptAsync(mta, attempts);
        }

        Assert.InRange(last, began.AddMinutes(minutes * 0.9), began.AddMinutes(minutes));
        mta.Clock.SetUtcNow(began.AddMinutes(minutes).AddSeconds(-1));
        await mta.AdvanceAsync(TimeSpan.Zero);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal("waiting", await StateAsync(mta));

        await mta.AdvanceAsync(TimeSpan.FromSeconds(1));
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal("expired", await StateAsync(mta));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private static async Task<string?> StateAsync(MtaUnderTest mta) => (await mta.MessageAsync("d", "full")).GetProperty("message").GetProperty("state").GetString();

    private static async Task<int> AttemptsAsync(MtaUnderTest mta) => (await mta.MessageAsync("d", "full")).GetProperty("message").GetProperty("attempts").GetInt32();

    private static async Task<DateTimeOffset?> NextAsync(MtaUnderTest mta) =>
        (await mta.MessageAsync("d", "full")).GetProperty("message").TryGetProperty("next", out var next) ? next.GetDateTimeOffset() : null;

    private static async Task WaitForAttemptAsync(MtaUnderTest mta, int before)
    {
        var limit = DateTime.UtcNow.AddMinutes(3);
        while (await AttemptsAsync(mta) == before)
        {
            Assert.True(DateTime.UtcNow < limit, "The retry was not made.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
