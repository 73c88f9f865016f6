using EnhancedMta.Paths;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Transactional mail on a path that marketing mail of several processes uses.</summary>
public sealed class UrgentMailTests(AzuriteFixture azurite) : PathUseScene(azurite)
{
    /// <summary>It went back to the queue, for another process to see: as often as it met one without a connection, each time for a second and more.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(1_200)]
    public async Task Urgent_mail_that_lacks_only_a_connection_gets_one_at_the_end_of_the_message_under_way(int? hourly)
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = hourly };
        var (first, second, urgent) = (Process(rule), Process(rule), Process(rule));
        Assert.Equal(40, (await AdmitAsync(first, Marketing, 40)).Now);
        Assert.NotNull(await TakeAsync(first));
        Assert.Equal(10, (await AdmitAsync(second, Marketing, 10, wasPutOff: true)).Now);
        var (waits, more) = (TakeAsync(second), TakeAsync(first));
        Assert.Equal((20, false), (await AdmitAsync(urgent, Urgent, 20) is var admitted ? admitted.Now : 0, admitted.Later.Any()));
        var hurries = TakeAsync(urgent, isUrgent: true);
        Assert.True(urgent.IsInHurry);
        // In mid-turn, at its next look.
        await UpkeepAsync(TimeSpan.FromSeconds(6), first, second);
        Assert.Equal((0, 1, false, false), (first.Connections.Size, first.Connections.Open, hurries.IsCompleted, first.IsInHurry));
        first.Connections.Leave();
        Assert.True(first.IsInHurry);
        await UpkeepAsync(TimeSpan.FromSeconds(0.5), first, second, urgent);
        Assert.NotNull(await hurries);
        Assert.Equal((false, false, false), (waits.IsCompleted, more.IsCompleted, urgent.IsInHurry));
        // Those that it went before are next.
        urgent.Finished(TimeSpan.FromSeconds(1));
        for (var i = 1; i < 20; i++)
            urgent.NotBegun(admitted.Slice, Urgent);
        urgent.Connections.Leave();
        await UpkeepAsync(TimeSpan.FromSeconds(6), urgent, second);
        Assert.NotNull(await waits);
        Assert.False(more.IsCompleted);
    }

    [Fact]
    public async Task Urgent_mail_that_waited_for_a_connection_in_vain_keeps_its_room()
    {
        var rule = Rule with { MaxConnections = 1 };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Marketing, 40);
        await TakeAsync(first);
        var admitted = await AdmitAsync(second, Urgent, 20);
        Assert.Equal(20, admitted.Now);
        var hurries = TakeAsync(second, isUrgent: true);
        // The other's message takes its time.
        for (var seconds = 0; seconds <= 60; seconds += 10)
            await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Null(await hurries);
        for (var i = 0; i < 20; i++)
            second.NotBegun(admitted.Slice, Urgent);
        var again = await second.PlanAsync(new PathDemand(Urgent, 20, 0, Noon.AddDays(1)), TestContext.Current.CancellationToken);
        Assert.Equal([(Clock.GetUtcNow(), 20)], again.Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Urgent_mail_gives_way_to_urgent_mail_after_a_turn()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Urgent, 300);
        await TakeAsync(first);
        var (more, other) = (TakeAsync(first, isUrgent: true), AdmitAsync(second, Urgent, 20));
        Assert.Equal(20, (await other).Now);
        var hurries = TakeAsync(second, isUrgent: true);
        await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Equal(1, first.Connections.Size);
        await UpkeepAsync(TimeSpan.FromSeconds(15), first, second);
        Assert.Equal(0, first.Connections.Size);
        first.Connections.Leave();
        await UpkeepAsync(TimeSpan.FromSeconds(1), first, second);
        Assert.NotNull(await hurries);
        Assert.False(more.IsCompleted);
    }

    /// <summary>It waited for the next slice, though a minute's marketing mail was still to begin in this one.</summary>
    [Fact]
    public async Task Urgent_mail_takes_the_room_of_marketing_mail_that_has_not_begun()
    {
        var process = Process();
        var marketing = await AdmitAsync(process, Marketing, 100);
        for (var i = 0; i < 30; i++)
            Assert.True(process.MayBegin(marketing.Slice, isUrgent: false));
        var urgent = await AdmitAsync(process, Urgent, 20);
        Assert.Equal((20, 0), (urgent.Now, urgent.Later.Count));
        Assert.Equal(100, process.Row.Slices.Used(Slice.At(Clock.GetUtcNow())));
        // The last of the others are planned anew, and nothing is begun twice for the same room.
        Assert.Equal(50, Enumerable.Range(0, 70).Count(_ => process.MayBegin(marketing.Slice, isUrgent: false)));
        Assert.Equal(20, Enumerable.Range(0, 21).Count(_ => process.MayBegin(urgent.Slice, isUrgent: true)));
        for (var i = 0; i < 20; i++)
            process.NotBegun(marketing.Slice, Marketing);
        Assert.Equal(0, (await AdmitAsync(process, Marketing, 20)).Now);
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(process, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Urgent_mail_looks_for_a_process_with_room_that_is_not_used_as_long_as_there_can_be_one()
    {
        var (first, second) = (Process(), Process());
        var marketing = await AdmitAsync(first, Marketing, 100);
        Assert.Equal(100, marketing.Now);
        Assert.Equal([(Clock.GetUtcNow(), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
        Assert.Equal([(Clock.GetUtcNow(), 20)], (await AdmitAsync(second, Urgent, 20, wasPutOff: true)).Later.Select(l => (l.Due, l.Count)));
        Assert.Equal(20, (await AdmitAsync(first, Urgent, 20, wasPutOff: true)).Now);
        // A hundred messages take five connections four seconds.
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Urgent_mail_waits_for_a_slice_when_all_of_this_one_has_begun()
    {
        var (first, second) = (Process(), Process());
        var marketing = await AdmitAsync(first, Marketing, 100);
        for (var i = 0; i < 100; i++)
            Assert.True(first.MayBegin(marketing.Slice, isUrgent: false));
        // Tells so in the row.
        await AdmitAsync(first, Marketing, 1);
        Assert.Equal([(Noon.AddMinutes(5), 20)], (await AdmitAsync(second, Urgent, 20)).Later.Select(l => (l.Due, l.Count)));
    }

    [Fact]
    public async Task Room_that_was_taken_over_in_a_change_that_another_process_thwarted_is_taken_over_once()
    {
        var (first, second) = (Process(), Process());
        var marketing = await AdmitAsync(first, Marketing, 100);
        // The second's change comes between what the first has seen and what it writes.
        await second.PlanAsync(new PathDemand(Marketing, 1, 0, Noon.AddDays(1)), TestContext.Current.CancellationToken);
        Assert.Equal(20, (await AdmitAsync(first, Urgent, 20)).Now);
        Assert.Equal(100, first.Row.Slices.Used(marketing.Slice!.Value));
        Assert.Equal(80, Enumerable.Range(0, 100).Count(_ => first.MayBegin(marketing.Slice, isUrgent: false)));
    }

    [Fact]
    public async Task Urgent_mail_does_not_wait_for_marketing_mail_that_waits_for_connections()
    {
        var process = Process(Rule with { MessagesPerHour = null });
        // All that a process takes in of a path whose messages take their time: a minute's work.
        Assert.InRange((await AdmitAsync(process, Marketing, 5_000)).Now, 1, 4_999);
        Assert.Equal(20, (await AdmitAsync(process, Urgent, 20)).Now);
    }

    [Fact]
    public async Task Urgent_mail_that_waits_keeps_its_connection()
    {
        var rule = Rule with { MaxConnections = 1, MessagesPerHour = null };
        var (first, second) = (Process(rule), Process(rule));
        await AdmitAsync(first, Urgent, 2);
        Assert.NotNull(await TakeAsync(first));
        var urgent = TakeAsync(first, isUrgent: true);
        await AdmitAsync(second, Marketing, 5, wasPutOff: true);
        for (var seconds = 0; seconds < 40; seconds += 10)
            await UpkeepAsync(TimeSpan.FromSeconds(10), first, second);
        Assert.Equal((1, false), (first.Connections.Size, urgent.IsCompleted));
        first.Connections.Leave();
        Assert.NotNull(await urgent);
    }
}
