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
            Assert.Equal(EgressPermit.Trial, await MayTryAsync());
            _health.EndTrial(Egress);
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
    public async Task One_tries_for_all_and_the_others_do_as_it_fared()
    {
        Assert.Equal(EgressPermit.Free, await MayTryAsync());
        await _health.FailedAsync(Egress, "down", default);
        Assert.Equal(EgressPermit.Refused, await MayTryAsync());

        // It fails again.
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EgressPermit.Trial, await MayTryAsync());
        var others = Enumerable.Range(0, 5).Select(_ => MayTryAsync()).ToList();
        Assert.NotNull(_health.Find(Egress));
        await _health.FailedAsync(Egress, "down", default);
        Assert.DoesNotContain(others, other => other.IsCompleted);
        _health.EndTrial(Egress);
        Assert.All(await Task.WhenAll(others), permit => Assert.Equal(EgressPermit.Refused, permit));

        // It tells nothing: the next one tries.
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(EgressPermit.Trial, await MayTryAsync());
        var next = MayTryAsync();
        _health.EndTrial(Egress);
        Assert.Equal(EgressPermit.Trial, await next);

        // It works.
        others = [.. Enumerable.Range(0, 5).Select(_ => MayTryAsync())];
        _health.Worked(Egress, isSession: true);
        _health.EndTrial(Egress);
        Assert.All(await Task.WhenAll(others), permit => Assert.Equal(EgressPermit.Free, permit));
        await _health.FailedAsync(Egress, "down again", default);
        Assert.Equal(1, _health.Find(Egress)!.Failures);
    }

    [Fact]
    public async Task Whoever_waits_for_a_trial_can_give_up()
    {
        await _health.FailedAsync(Egress, "down", default);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EgressPermit.Trial, await MayTryAsync());
        using var stop = new CancellationTokenSource();
        var waiting = _health.MayTryAsync(Egress, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
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
        Assert.Equal(EgressPermit.Trial, await health.MayTryAsync(Egress, default));
        await health.FailedAsync(Egress, "down", default);
        Assert.Equal(2, health.Find(Egress)!.Failures);
    }

    [Fact]
    public async Task Egresses_are_ill_each_for_itself()
    {
        await _health.FailedAsync(Egress, "down", default);
        Assert.Null(_health.Find(Egress with { PublicId = 2 }));
    }

    private Task<EgressPermit> MayTryAsync() => _health.MayTryAsync(Egress, TestContext.Current.CancellationToken).AsTask();
}
