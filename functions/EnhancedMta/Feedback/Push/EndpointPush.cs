using EnhancedMta.Incidents;

namespace EnhancedMta.Feedback.Push;

/// <summary>Tells one endpoint all that it is to be told: what a queue message asks for. Each endpoint has its own claim and back-off, so a dead one holds up nobody else.</summary>
public sealed class EndpointPush(
    PushTable table, DeliveryPusher deliveries, FeedQueue queue, IncidentLog incidents, PushOptions options, TimeProvider clock, Random random)
{
    private const string IncidentKind = "feedback-endpoint";
    private const int DeliveriesAtOnce = 4;

    /// <param name="orderJson">The queue message.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="FormatException">Not a message of ours.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed; the host tries again.</exception>
    public async Task RunAsync(string orderJson, CancellationToken cancellationToken)
    {
        // 1. Claim, unless it is claimed or may not be tried yet: then whoever collects looks again. 2. Push, delivery by delivery. 3. Note how it went,
        // which ends the claim. Dying in between, the claim lapses; what was posted without being noted is posted again, as the same batch.
        var id = PushOrder.Parse(orderJson).EndpointId;
        var state = await table.EndpointAsync(id, cancellationToken).ConfigureAwait(false);
        var began = clock.GetUtcNow();
        if (!state.IsDue(began) || await table.WriteAsync(state with { ClaimedUntil = began + options.ClaimLifetime }, cancellationToken).ConfigureAwait(false) is not { } claimed)
            return;
        var run = new PushRun(id, state.Failures > 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(options.RunTime);
        try
        {
            await PushAsync(run, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(claimed, run).ConfigureAwait(false);
        }
    }

    private async Task PushAsync(PushRun run, CancellationToken stop)
    {
        while (!run.IsOver && !stop.IsCancellationRequested)
        {
            var pointers = await table.PointersAsync(run.EndpointId, CancellationToken.None).ToListAsync(CancellationToken.None).ConfigureAwait(false);
            if (pointers.Count == 0)
                return;
            if (run.IsProbe)
            {
                // One that failed is tried with one batch: all else waits for how that goes.
                await deliveries.PushAsync(pointers[0], run, stop).ConfigureAwait(false);
                continue;
            }

            await Parallel.ForEachAsync(
                pointers,
                new ParallelOptions { MaxDegreeOfParallelism = DeliveriesAtOnce, CancellationToken = CancellationToken.None },
                async (pointer, _) => await deliveries.PushAsync(pointer, run, stop).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(EndpointState claimed, PushRun run)
    {
        var now = clock.GetUtcNow();
        var state = claimed with { ClaimedUntil = null, Shown = run.Shown ?? claimed.Shown, LastSuccess = run.Posted > 0 ? now : claimed.LastSuccess };
        if (run.Fault is { } fault)
        {
            var failures = (run.Posted > 0 ? 0 : claimed.Failures) + 1;
            state = state with
            {
                Failures = failures,
                FailingSince = run.Posted > 0 ? now : claimed.FailingSince ?? now,
                NextAttempt = now + PushBackoff.After(failures, fault.RetryAfter, random),
                LastError = fault.Error,
                LastErrorTime = now,
            };
        }
        else if (run.Posted > 0)
        {
            state = state with { Failures = 0, FailingSince = null, NextAttempt = null };
        }

        await table.WriteAsync(state, CancellationToken.None).ConfigureAwait(false);
        await TellAsync(claimed, state, run.Posted > 0).ConfigureAwait(false);
        if (run is { Fault: null, IsOver: false } && await table.PointersAsync(run.EndpointId, CancellationToken.None).AnyAsync(CancellationToken.None).ConfigureAwait(false))
            await queue.PushAsync(run.EndpointId, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>One that is dead for long is somebody's work; one that is back is not any more.</summary>
    private async Task TellAsync(EndpointState before, EndpointState after, bool tookSome)
    {
        var now = clock.GetUtcNow();
        var subject = after.Shown ?? after.Id;
        if (after.FailingSince is { } since && now - since >= options.DeadAfter)
        {
            await incidents.RaiseStandingAsync(
                IncidentKind, subject,
                $"It has taken no feedback since {since:u}. Nothing is lost: all waits, and is tried less and less often. GET /api/feedback/endpoints shows its last answer; POST /api/feedback/endpoints/{after.Id}/retry tries at once.",
                CancellationToken.None).ConfigureAwait(false);
        }
        else if (tookSome && before.FailingSince is { } was && now - was >= options.DeadAfter)
        {
            await incidents.EndStandingAsync(IncidentKind, subject, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
