using EnhancedMta.Paths;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Leave to open connections, of which each minute has so many for all processes.</summary>
public sealed class OpeningsTests(AzuriteFixture azurite) : PathUseScene(azurite)
{
    [Fact]
    public async Task Leave_to_open_connections_is_given_once()
    {
        var process = Process(Rule with { ConnectionsPerMinute = 8 });
        await AdmitAsync(process, Marketing, 50);
        var left = process.Connections.OpeningsLeft;
        Assert.InRange(left!.Value, 5, 8);
        for (var i = 0; i < 5; i++)
            Assert.NotNull(await process.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), false, TestContext.Current.CancellationToken));
        // A change that asks for no connections gives none.
        await process.PlanAsync(new PathDemand(Marketing, 10, 0, Noon.AddDays(1)), TestContext.Current.CancellationToken);
        Assert.Equal(left - 5, process.Connections.OpeningsLeft);
        await AdmitAsync(process, Marketing, 10, returning: 1);
        Assert.Equal(left, process.Row.Openings.Count);
    }

    [Theory]
    // One of five connections, and work for fifteen after it: half of its fifth of a minute's 125.
    [InlineData(300, 20, 12)]
    // No more than there is work for.
    [InlineData(60, 20, 3)]
    // One that carries all of them needs none to follow but the usual one.
    [InlineData(60, 100, 1)]
    public async Task Leave_to_open_is_given_for_the_messages_at_hand(int messages, int perConnection, int follow)
    {
        // Long enough that all of them may wait here.
        var rule = Rule with { ConnectionsPerMinute = 125, MaxMessagesPerConnection = perConnection };
        var others = Enumerable.Range(0, 4).Select(_ => Process(rule)).ToList();
        foreach (var other in others)
            await AdmitAsync(other, Marketing, 1);
        var process = Process(rule);
        await AdmitAsync(process, Marketing, messages);
        Assert.Equal(1, process.Connections.Size);
        Assert.Equal(1 + follow, process.Connections.OpeningsLeft);
    }

    [Fact]
    public async Task Some_of_a_minutes_openings_are_left_for_urgent_mail()
    {
        var rule = Rule with { MaxConnections = 80, MessagesPerHour = null, ConnectionsPerMinute = 32 };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Marketing, 30);
        Assert.Equal(30, first.Row.Openings.Count);
        Assert.Equal(5, (await AdmitAsync(second, Urgent, 5)).Now);
        Assert.Equal((32, 2), (second.Row.Openings.Count, second.Connections.OpeningsLeft));
        // When these are gone too it goes to who has connections that are open; and who met none of those waits.
        var third = Process(rule);
        Assert.Equal([(Clock.GetUtcNow(), 5)], (await AdmitAsync(third, Urgent, 5)).Later.Select(l => (l.Due, l.Count)));
        Assert.Equal(0, third.Connections.Size);
        Assert.Equal(5, (await AdmitAsync(third, Urgent, 5, wasPutOff: true)).Now);
    }

    [Fact]
    public async Task Leave_to_open_that_nobody_uses_any_more_is_there_for_others_in_the_same_minute()
    {
        var rule = Rule with { MaxConnections = 1, ConnectionsPerMinute = 40 };
        var (first, second) = (Process(rule), Process(rule));
        var admitted = await AdmitAsync(first, Marketing, 400);
        Assert.NotNull(await first.Connections.TakeAsync(new SessionWish(new SessionKey(1, "site"), null), false, TestContext.Current.CancellationToken));
        Assert.InRange(first.Row.Openings.Count, 10, 40);
        for (var i = 0; i < admitted.Now; i++)
            first.NotBegun(admitted.Slice, Marketing);
        first.Connections.Leave();
        await first.UpkeepAsync(TestContext.Current.CancellationToken);
        // The one that was opened counts to the minute.
        Assert.Equal((1, 0), (first.Row.Openings.Count, first.Connections.OpeningsLeft));
        await AdmitAsync(second, Marketing, 1);
        Assert.Equal(1 + second.Connections.OpeningsLeft, second.Row.Openings.Count);
    }

    [Fact]
    public async Task Leave_to_open_adds_up_when_several_ask_for_it_in_one_change()
    {
        var process = Process(Rule with { ConnectionsPerMinute = 100 });
        var admitted = await AdmitAsync(process, Marketing, 400);
        Assert.Equal(process.Row.Openings.Count, process.Connections.OpeningsLeft);
        var most = process.Row.Openings.Count;
        for (var i = 0; i < admitted.Now; i++)
            process.NotBegun(admitted.Slice, Marketing);
        // Less is needed now: what is given back is given back once, whoever asks with it.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AdmitAsync(process, Marketing, 1, returning: 1)));
        Assert.Equal(process.Row.Openings.Count, process.Connections.OpeningsLeft);
        Assert.InRange(process.Row.Openings.Count, 1, most - 1);
        // And more again.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AdmitAsync(process, Marketing, 30, returning: 30)));
        Assert.Equal(process.Row.Openings.Count, process.Connections.OpeningsLeft);
    }
}
