using EnhancedMta.Sites;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Sites;

public sealed class TtlCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private int _loads;

    [Fact]
    public async Task A_value_is_kept_for_its_time_and_no_longer()
    {
        var cache = new TtlCache<int>(_time, 10);
        Assert.Equal(1, await cache.GetAsync("a", Load, default));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, await cache.GetAsync("a", Load, default));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await cache.GetAsync("a", Load, default));
    }

    [Fact]
    public async Task All_who_ask_at_once_wait_for_one_answer()
    {
        var cache = new TtlCache<int>(_time, 10);
        var answer = new TaskCompletionSource<int>();
        var waiting = Enumerable.Range(0, 20).Select(_ => Task.Run(() => cache.GetAsync("a", async _ =>
        {
            Interlocked.Increment(ref _loads);
            return (await answer.Task, TimeSpan.FromMinutes(1));
        }, default))).ToList();
        answer.SetResult(7);
        Assert.All(await Task.WhenAll(waiting), value => Assert.Equal(7, value));
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task One_who_gives_up_does_not_end_it_for_the_others()
    {
        var cache = new TtlCache<int>(_time, 10);
        var answer = new TaskCompletionSource<(int, TimeSpan)>();
        using var cancellation = new CancellationTokenSource();
        var first = cache.GetAsync("a", _ => answer.Task, cancellation.Token);
        var second = cache.GetAsync("a", _ => answer.Task, default);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult((3, TimeSpan.FromMinutes(1)));
        Assert.Equal(3, await second);
    }

    [Fact]
    public async Task A_fault_is_not_kept()
    {
        var cache = new TtlCache<int>(_time, 10);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.GetAsync("a", _ => throw new InvalidOperationException(), default));
        Assert.Equal(1, await cache.GetAsync("a", Load, default));
    }

    [Fact]
    public async Task The_cache_does_not_grow_beyond_its_capacity()
    {
        var cache = new TtlCache<int>(_time, 10);
        for (var i = 0; i < 100; i++)
            await cache.GetAsync($"{i}", Load, default);
        var before = _loads;
        for (var i = 0; i < 100; i++)
            await cache.GetAsync($"{i}", Load, default);
        Assert.InRange(_loads - before, 90, 100);
    }

    private Task<(int, TimeSpan)> Load(string key) => Task.FromResult((++_loads, TimeSpan.FromMinutes(1)));
}
