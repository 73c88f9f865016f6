namespace EnhancedMta.Smtp;

/// <summary>Lets so many through at once. Who waits comes through in order, urgent ones before all others.</summary>
internal sealed class PriorityGate(int size)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _urgent = new();
    private readonly LinkedList<TaskCompletionSource> _usual = new();
    private int _free = size;

    /// <exception cref="OperationCanceledException">Cancelled while waiting; nothing was taken.</exception>
    public async ValueTask WaitAsync(bool urgent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> waiter;
        lock (_lock)
        {
            // Nobody waits while something is free.
            if (_free > 0)
            {
                _free--;
                return;
            }

            waiter = (urgent ? _urgent : _usual).AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(waiter, cancellationToken), null);
        await waiter.Value.Task;
    }

    public void Release()
    {
        TaskCompletionSource? next = null;
        lock (_lock)
        {
            if ((_urgent.First ?? _usual.First) is { } waiter)
            {
                waiter.List!.Remove(waiter);
                next = waiter.Value;
            }
            else
            {
                _free++;
            }
        }

        next?.SetResult();
    }

    private void Cancel(LinkedListNode<TaskCompletionSource> waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // It came through just before.
            if (waiter.List is null)
                return;
            waiter.List.Remove(waiter);
        }

        waiter.Value.SetCanceled(cancellationToken);
    }
}
