using EnhancedMta.Feedback.Push;

namespace EnhancedMta.Feedback;

/// <summary>
/// Collects again and again while there is something to collect or to push, and then ends: each run queues the next. Runs are numbered in the feed's
/// head, so that of several chains one goes on; when none does, the sweeper begins one.
/// </summary>
public sealed class FeedChain(FeedCollector collector, PushSchedule pushes, FeedQueue queue, FeedOptions options, TimeProvider clock)
{
    /// <summary>A run within this time is as good as one at once.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(6);

    /// <summary>A run that is so late does not come any more.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);

    /// <param name="orderJson">The queue message.</param>
    /// <param name="messageId">Its id: tells a repetition from a second chain.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="FormatException">Not a message of ours.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed; the host tries again.</exception>
    public async Task RunAsync(string orderJson, string messageId, CancellationToken cancellationToken)
    {
        // 1. Is it our turn? 2. Collect; the head takes our number. 3. Wake what pushes. 4. Queue the next run, or end.
        // Dying before the head is written: the message comes again. After it: the same message goes on. After 4: it finds that the next one has begun,
        // or queues it twice, and of two with the same number one gives way.
        var order = CollectOrder.Parse(orderJson);
        var head = await collector.HeadAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        if (order.Run is null && IsAlive(head, now))
            return;
        var run = order.Run ?? head.Run + 1;
        if (run < head.Run || (run == head.Run && head.Holder != messageId))
            return;

        head = head with { Run = run, Holder = messageId, NextRun = now + options.Interval };
        var done = await collector.CollectAsync(head, cancellationToken).ConfigureAwait(false);
        if (done is { Added: 0 })
            done = await collector.WriteAsync(done.Head, [], cancellationToken).ConfigureAwait(false) is { } written ? done with { Head = written } : null;
        if (done is null)
        {
            // Somebody else has the head, or we have, and the answer got lost.
            head = await collector.HeadAsync(cancellationToken).ConfigureAwait(false);
            if (head.Run != run || head.Holder != messageId)
                return;
            done = new Collected(head, 0, 1, true);
        }

        var push = await pushes.WakeAsync(cancellationToken).ConfigureAwait(false);
        var wait = done.More ? TimeSpan.Zero : done.Marks > 0 ? options.Interval : push;
        if (wait is null || wait > Soon)
        {
            // Marks of before this write are seen below; whoever marks later finds that nobody runs soon.
            if (await collector.WriteAsync(done.Head with { NextRun = now + wait }, [], cancellationToken).ConfigureAwait(false) is null)
                return;
            if (await collector.HasMarksAsync(cancellationToken).ConfigureAwait(false))
                wait = options.Interval;
        }

        if (wait is { } delay)
            await queue.CollectAsync(run + 1, push < delay ? push.Value : delay, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For the sweeper: begins a chain when something is left and nobody comes for it.</summary>
    public async Task ReviveAsync(CancellationToken cancellationToken)
    {
        var head = await collector.HeadAsync(cancellationToken).ConfigureAwait(false);
        if (IsAlive(head, clock.GetUtcNow()) || head.NextRun > clock.GetUtcNow())
            return;
        if (await collector.HasMarksAsync(cancellationToken).ConfigureAwait(false) || await pushes.HasWorkAsync(cancellationToken).ConfigureAwait(false))
            await queue.CollectAsync(null, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsAlive(FeedHead head, DateTimeOffset now) => head.NextRun is { } next && next - now <= Soon && now - next < Overdue;
}
