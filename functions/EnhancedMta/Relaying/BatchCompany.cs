namespace EnhancedMta.Relaying;

/// <summary>
/// Batches that came by one queue message. What is left of each when its messages are through is settled when all are, or a moment later: the log takes
/// changes of one partition that come together in one transaction.
/// </summary>
/// <param name="count">How many batches.</param>
internal sealed class BatchCompany(int count)
{
    /// <summary>As long as a result waits for company within its batch.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>For one of the batches; to be disposed when it needs no company any more, whatever became of it.</summary>
    public Place Take() => new(this);

    internal sealed class Place(BatchCompany company) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0 && Interlocked.Decrement(ref company._left) == 0)
                company._all.TrySetResult();
        }

        /// <summary>Ends when the work has and the others' too, a moment after it, or with <paramref name="stop"/>. Does not throw.</summary>
        public async Task AfterAsync(Task work, CancellationToken stop)
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Dispose();
            if (!company._all.Task.IsCompleted)
                await Task.WhenAny(company._all.Task, Task.Delay(Longest, stop)).ConfigureAwait(false);
        }
    }
}
