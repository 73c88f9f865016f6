using EnhancedMta.Ingestion;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>Large requests let others go on.</summary>
public sealed class ParsingStretchesTests
{
    [Fact]
    public void A_stretch_that_has_taken_its_time_goes_to_the_end_of_the_line()
    {
        var clock = new FakeTimeProvider();
        var line = new Line();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(line);
        try
        {
            var stretches = new ParsingStretches(clock);
            clock.Advance(TimeSpan.FromMilliseconds(0.9));
            Assert.True(stretches.PauseAsync().AsTask().IsCompleted);
            clock.Advance(TimeSpan.FromMilliseconds(0.1));
            var pause = stretches.PauseAsync().AsTask();
            Assert.Equal((false, 1), (pause.IsCompleted, line.Count));
            line.GoOn();
            Assert.True(pause.IsCompleted);
            // Another stretch has begun.
            Assert.True(stretches.PauseAsync().AsTask().IsCompleted);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Stands for the thread pool's.</summary>
    private sealed class Line : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Go, object? State)> _waiting = [];

        public int Count => _waiting.Count;

        public override void Post(SendOrPostCallback d, object? state) => _waiting.Enqueue((d, state));

        public void GoOn()
        {
            var (go, state) = _waiting.Dequeue();
            go(state);
        }
    }
}
