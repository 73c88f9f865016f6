using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Hosting;

/// <summary>The clock of one host with one timer function: it knows when the function's listener waits for its next run.</summary>
internal sealed class TestClock(int hour, int minute) : FakeTimeProvider(new DateTimeOffset(2026, 3, 29, hour, minute, 0, TimeSpan.Zero))
{
    private int _waits;
    private int _waitsUsed;

    /// <summary>Until the listener did all that is due and waits.</summary>
    public Task IsWaitedForAsync() => Eventually.IsTrueAsync(() => Volatile.Read(ref _waits) > _waitsUsed, "the listener waits for its next run");

    /// <summary>Moves on once the listener waits.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await IsWaitedForAsync();
        _waitsUsed = Volatile.Read(ref _waits);
        Advance(by);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref _waits);
        return timer;
    }
}
