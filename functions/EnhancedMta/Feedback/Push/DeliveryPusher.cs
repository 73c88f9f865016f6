namespace EnhancedMta.Feedback.Push;

/// <summary>Pushes one delivery's events, batch after batch, in their order.</summary>
public sealed class DeliveryPusher(PushTable table, FeedReader reader, FeedbackRoutes routes, PushHttp http)
{
    /// <summary>Until all is pushed, the endpoint fails, or <paramref name="stop"/>; one batch only, when the endpoint is being probed.</summary>
    internal async Task PushAsync(PushPointer pointer, PushRun run, CancellationToken stop)
    {
        if (run.IsOver || stop.IsCancellationRequested)
            return;
        if (await routes.FindNowAsync(pointer.DeliveryId, CancellationToken.None).ConfigureAwait(false) is not { } endpoint)
        {
            // Nobody wants it any more. Should somebody later, it goes on from where it is.
            await table.RemoveAsync(pointer, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        if (endpoint.Id != pointer.EndpointId)
        {
            // What is left goes to the endpoint that the delivery has now.
            await table.MoveAsync(pointer, endpoint.Id, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        run.Shown = endpoint.Shown;
        await PushAsync(pointer, endpoint, run, run.IsProbe, stop).ConfigureAwait(false);
    }

    private async Task PushAsync(PushPointer pointer, FeedbackEndpoint endpoint, PushRun run, bool oneBatch, CancellationToken stop)
    {
        // 1. Plan a batch. 2. Post it. 3. Note that it is done, and the next one's plan with it. Dying before 1: another batch may be planned, and this one
        // never was. After 1 or 2: the same batch is posted, with the same Idempotency-Key.
        var state = await table.DeliveryAsync(pointer.DeliveryId, CancellationToken.None).ConfigureAwait(false);
        var backlog = new PushBacklog(reader, pointer.DeliveryId);
        var batch = await backlog.NextAsync(state).ConfigureAwait(false);
        while (true)
        {
            if (batch is null)
            {
                if (await table.RemoveAsync(pointer, CancellationToken.None).ConfigureAwait(false) || await table.AgainAsync(pointer, CancellationToken.None).ConfigureAwait(false) is not { } again)
                    return;
                pointer = again;
                batch = await backlog.NextAsync(state).ConfigureAwait(false);
                continue;
            }

            if (state.Planned != batch.Last)
            {
                if (await table.WriteAsync(state with { Planned = batch.Last }, CancellationToken.None).ConfigureAwait(false) is not { } planned)
                {
                    run.Lost();
                    return;
                }

                state = planned;
            }

            if (run.IsOver || stop.IsCancellationRequested)
                return;
            if (await http.PostAsync(endpoint, batch, CancellationToken.None).ConfigureAwait(false) is { } fault)
            {
                run.Failed(fault);
                return;
            }

            run.Took();
            var done = state with { Done = batch.Last, Planned = null };
            batch = await backlog.NextAsync(done).ConfigureAwait(false);
            if (await table.WriteAsync(done with { Planned = batch?.Last }, CancellationToken.None).ConfigureAwait(false) is not { } written)
            {
                run.Lost();
                return;
            }

            state = written;
            if (oneBatch && batch is not null)
                return;
        }
    }
}
