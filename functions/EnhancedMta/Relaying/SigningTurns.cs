namespace EnhancedMta.Relaying;

/// <summary>
/// As many marketing messages are signed at once as there are processors. A signature is half a millisecond of work without a pause: where all that have a
/// connection are ready for it at the same time, whatever else wants a thread waits behind all of them, a transactional message at each of its steps.
/// </summary>
/// <remarks>
/// A turn begins at the end of the thread pool's common line. In a thread's own, newest first, or in the loop that hands a batch's messages over, one signature
/// after the other would go before what came earlier.
/// </remarks>
internal sealed class SigningTurns(int atOnce)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _free = atOnce;

    /// <summary>Waits for a turn; <see cref="End"/> it. They are short, so there is no way out of the line.</summary>
    public Task BeginAsync()
    {
        // What follows goes on in the work item that the turn is, so no turn is taken that does not run.
        var turn = new TaskCompletionSource();
        lock (_lock)
        {
            if (_free == 0)
            {
                _waiting.Enqueue(turn);
                return turn.Task;
            }

            _free--;
        }

        Start(turn);
        return turn.Task;
    }

    /// <summary>The next one's turn.</summary>
    public void End()
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out next))
                _free++;
        }

        if (next is not null)
            Start(next);
    }

    private static void Start(TaskCompletionSource turn) => ThreadPool.UnsafeQueueUserWorkItem(static t => t.SetResult(), turn, preferLocal: false);
}
