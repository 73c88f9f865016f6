using EnhancedMta.Egresses;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Egresses;

public sealed class EgressHealthTests
{
    private static readonly Egress Egress = new(1, "mta1.example.com", null);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _raised = [];
    private readonly EgressHealth _health;

    public EgressHealthTests() => _health = new EgressHealth(_time, (_, detail, _) =>
    {
        _raised.Add(detail);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task The_wait_doubles_from_a_minute_to_ten_and_somebody_is_told_after_five()
    {
        int[] minutes = [1, 2, 4, 8, 10, 10];
        var passed = 0;
        foreach (var wait in minutes)
        {
            await _health.FailedAsync(Egress, "proxy p:1080: Connection refused", default);
            Assert.Equal(TimeSpan.FromMinutes(wait), _health.Find(Egress)!.Until - _time.GetUtcNow());
            Assert.Equal(passed >= 5, _raised.Count > 0);
            _time.Advance(TimeSpan.FromMinutes(wait));
            passed += wait;
            Assert.Null(_health.Find(Egress));
            Assert.True(_health.MayTry(Egress));
        }
        Assert.Equal(3, _raised.Count);
        Assert.Contains("Connection refused", _raised[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_of_the_same_moment_are_one()
    {
        for (var i = 0; i < 20; i++)
            await _health.FailedAsync(Egress, "down", default);
        Assert.Equal(1, _health.Find(Egress)!.Failures);
    }

    [Fact]
    public async Task One_tries_for_all_and_should_it_never_tell_another_does_after_a_minute()
    {
        Assert.True(_health.MayTry(Egress));
        await _health.FailedAsync(Egress, "down", default);
        Assert.False(_health.MayTry(Egress));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_health.MayTry(Egress));
        Assert.False(_health.MayTry(Egress));
        Assert.NotNull(_health.Find(Egress));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_health.MayTry(Egress));
        _health.Worked(Egress, isSession: true);
        Assert.True(_health.MayTry(Egress));
        Assert.True(_health.MayTry(Egress));
        await _health.FailedAsync(Egress, "down again", default);
        Assert.Equal(1, _health.Find(Egress)!.Failures);
    }

    [Fact]
    public async Task Targets_that_it_will_not_go_to_count_by_their_number_until_a_session()
    {
        foreach (var target in new[] { "a", "b", "a", "b" })
            await _health.DoubtedAsync(Egress, target, "refused", default);
        Assert.Null(_health.Find(Egress));
        _health.Worked(Egress, isSession: true);
        foreach (var target in new[] { "c", "d" })
            await _health.DoubtedAsync(Egress, target, "refused", default);
        // That another target refuses is no session.
        _health.Worked(Egress, isSession: false);
        Assert.Null(_health.Find(Egress));
        await _health.DoubtedAsync(Egress, "a", "refused", default);
        Assert.NotNull(_health.Find(Egress));
    }

    [Fact]
    public async Task An_incident_that_storage_does_not_take_changes_nothing()
    {
        var health = new EgressHealth(_time, (_, _, _) => throw new Azure.RequestFailedException("away"));
        await health.FailedAsync(Egress, "down", default);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.True(health.MayTry(Egress));
        await health.FailedAsync(Egress, "down", default);
        Assert.Equal(2, health.Find(Egress)!.Failures);
    }

    [Fact]
    public async Task Egresses_are_ill_each_for_itself()
    {
        await _health.FailedAsync(Egress, "down", default);
        Assert.Null(_health.Find(Egress with { PublicId = 2 }));
    }
}
