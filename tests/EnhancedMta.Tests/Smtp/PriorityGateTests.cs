using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Smtp;

public sealed class PriorityGateTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task Urgent_ones_come_through_before_others_that_waited_longer()
    {
        var gate = new PriorityGate(1);
        await gate.WaitAsync(false, Never);
        var usual = gate.WaitAsync(false, Never).AsTask();
        var later = gate.WaitAsync(false, Never).AsTask();
        var urgent = gate.WaitAsync(true, Never).AsTask();

        gate.Release();
        await urgent.WaitAsync(TimeSpan.FromSeconds(10), Never);
        Assert.False(usual.IsCompleted);
        gate.Release();
        await usual.WaitAsync(TimeSpan.FromSeconds(10), Never);
        Assert.False(later.IsCompleted);
        gate.Release();
        await later.WaitAsync(TimeSpan.FromSeconds(10), Never);
    }

    [Fact]
    public async Task Who_gives_up_takes_no_place()
    {
        var gate = new PriorityGate(1);
        await gate.WaitAsync(false, Never);
        using var givesUp = new CancellationTokenSource();
        var waiting = gate.WaitAsync(true, givesUp.Token).AsTask();
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        gate.Release();
        Assert.True(gate.WaitAsync(false, Never).AsTask().IsCompletedSuccessfully);
        Assert.False(gate.WaitAsync(false, Never).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Never_more_are_through_than_it_has_places()
    {
        var gate = new PriorityGate(3);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            await gate.WaitAsync(n % 5 == 0, Never);
            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            gate.Release();
        }));
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, inside);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
            seen = Interlocked.CompareExchange(ref most, value, seen) is var now && now == seen ? value : now;
    }
}
