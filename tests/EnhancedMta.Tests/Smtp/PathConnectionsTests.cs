using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Smtp;

/// <summary>What a process may open on a path, and when.</summary>
public sealed class PathConnectionsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionKey Key = new(1, "site");

    private readonly FakeTimeProvider _clock = new(Noon);
    private readonly PathConnections _path;

    public PathConnectionsTests() => _path = new PathConnections(_clock);

    [Fact]
    public async Task Leave_to_open_is_used_up_and_more_of_it_adds_to_what_is_left()
    {
        _path.Resize(10, new OpeningLeave(2, Noon.AddSeconds(55)));
        await OpenAsync();
        Assert.Equal((1, false), (_path.OpeningsLeft, _path.NeedsOpenings));
        _path.Resize(10, new OpeningLeave(1, Noon.AddSeconds(55)));
        Assert.Equal(2, _path.OpeningsLeft);
        await OpenAsync();
        await OpenAsync();
        Assert.True(_path.NeedsOpenings);
        var third = TakeAsync();
        Assert.False(third.IsCompleted);
        _path.Resize(10, new OpeningLeave(1, Noon.AddMinutes(1).AddSeconds(55)));
        Assert.NotNull(await third);
        Assert.Equal(0, _path.OpeningsLeft);
    }

    [Fact]
    public async Task Leave_to_open_lapses_with_its_minute()
    {
        _path.Resize(10, new OpeningLeave(5, Noon.AddSeconds(55)));
        await OpenAsync();
        _clock.Advance(TimeSpan.FromSeconds(55));
        Assert.Equal((0, true), (_path.OpeningsLeft, _path.NeedsOpenings));
        Assert.False(TakeAsync().IsCompleted);
        // What is left of the last minute is not of this one.
        _path.Resize(10, new OpeningLeave(3, Noon.AddMinutes(1).AddSeconds(55)));
        Assert.Equal(2, _path.OpeningsLeft);
    }

    [Fact]
    public async Task What_is_shrunk_opens_no_more_until_it_is_given_more()
    {
        _path.Resize(5);
        await OpenAsync();
        await OpenAsync();
        Assert.Equal(2, _path.Shrink(1));
        var waiting = TakeAsync();
        _path.Leave();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, _path.Open);
        // It never grows what it has.
        Assert.Equal(1, _path.Shrink(9));
        Assert.Equal(1, _path.Size);
        _path.Resize(2);
        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task Who_is_promised_a_connection_waits_without_any_and_nobody_else_does()
    {
        Assert.Null(await TakeAsync());
        _path.Resize(0, isPromised: true);
        var waiting = TakeAsync();
        Assert.Equal((false, 1), (waiting.IsCompleted, _path.Waiting));
        _path.Resize(1, isPromised: true);
        Assert.NotNull(await waiting);
        var next = TakeAsync();
        _path.Shrink(0);
        _path.Leave();
        Assert.False(next.IsCompleted);
        _path.Resize(0);
        Assert.Null(await next);
    }

    private async Task OpenAsync() => Assert.NotNull(await TakeAsync());

    private Task<ConnectionPlace?> TakeAsync() => _path.TakeAsync(new SessionWish(Key, null), urgent: false, TestContext.Current.CancellationToken).AsTask();
}
