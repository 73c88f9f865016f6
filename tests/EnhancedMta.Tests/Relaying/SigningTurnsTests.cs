using EnhancedMta.Relaying;

namespace EnhancedMta.Tests.Relaying;

/// <summary>Who signs, and how many at once.</summary>
public sealed class SigningTurnsTests
{
    [Fact]
    public async Task No_more_than_so_many_sign_at_once_and_each_gets_its_turn()
    {
        var turns = new SigningTurns(2);
        var (now, most) = (0, 0);
        var all = Enumerable.Range(0, 200).Select(async _ =>
        {
            await turns.BeginAsync();
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            Thread.SpinWait(1_000);
            Interlocked.Decrement(ref now);
            turns.End();
        });
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Who_came_first_signs_first()
    {
        var turns = new SigningTurns(1);
        await turns.BeginAsync();
        var waiting = Enumerable.Range(0, 3).Select(_ => turns.BeginAsync()).ToList();
        foreach (var next in waiting)
        {
            Assert.DoesNotContain(waiting[waiting.IndexOf(next)..], t => t.IsCompleted);
            turns.End();
            await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
