namespace EnhancedMta.Feedback.Push;

/// <summary>How endpoints do, for people.</summary>
public sealed class EndpointReports(PushTable table, FeedReader reader, FeedbackRoutes routes, TimeProvider clock)
{
    // Each costs two reads; what is behind one dead endpoint for long need not be counted to the last.
    private const int MaxLookedAt = 50;

    public async Task<IReadOnlyList<EndpointReport>> ListAsync(CancellationToken cancellationToken)
    {
        var pointers = (await table.PointersAsync(null, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false)).ToLookup(p => p.EndpointId, StringComparer.Ordinal);
        var states = await table.EndpointsAsync(cancellationToken).ToDictionaryAsync(e => e.Id, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
        var reports = new List<EndpointReport>();
        foreach (var id in states.Keys.Union(pointers.Select(p => p.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            reports.Add(await ReportAsync(states.GetValueOrDefault(id) ?? new EndpointState(id), [.. pointers[id]], cancellationToken).ConfigureAwait(false));
        return reports;
    }

    private async Task<EndpointReport> ReportAsync(EndpointState state, IReadOnlyList<PushPointer> pending, CancellationToken cancellationToken)
    {
        DateTimeOffset? oldest = null;
        foreach (var pointer in pending.Take(MaxLookedAt))
        {
            var done = (await table.DeliveryAsync(pointer.DeliveryId, cancellationToken).ConfigureAwait(false)).Done;
            if (await reader.NextTimeAsync(done, pointer.DeliveryId, cancellationToken).ConfigureAwait(false) is { } time && !(time >= oldest))
                oldest = time;
        }

        var now = clock.GetUtcNow();
        var shown = state.Shown ?? (pending.Count > 0 ? (await routes.FindNowAsync(pending[0].DeliveryId, cancellationToken).ConfigureAwait(false))?.Shown : null);
        return new EndpointReport
        {
            Id = state.Id,
            Url = shown,
            State = state.Failures > 0 ? "failing" : oldest is null ? "upToDate" : "behind",
            PendingDeliveries = pending.Count,
            OldestPending = oldest,
            LagSeconds = oldest is { } since ? Math.Max(0, (long)(now - since).TotalSeconds) : 0,
            Failures = state.Failures,
            FailingSince = state.FailingSince,
            LastError = state.LastError,
            LastErrorTime = state.LastErrorTime,
            LastSuccess = state.LastSuccess,
            NextAttempt = state.NextAttempt > now ? state.NextAttempt : null,
        };
    }
}

/// <summary>State of one endpoint.</summary>
public sealed record EndpointReport
{
    public required string Id { get; init; }

    /// <summary>Without its query.</summary>
    public string? Url { get; init; }

    /// <summary><c>upToDate</c>, <c>behind</c> or <c>failing</c>.</summary>
    public required string State { get; init; }

    /// <summary>Deliveries with events that it was not told.</summary>
    public required int PendingDeliveries { get; init; }

    /// <summary>When the oldest of these events became readable.</summary>
    public DateTimeOffset? OldestPending { get; init; }

    public required long LagSeconds { get; init; }

    /// <summary>In a row.</summary>
    public required int Failures { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorTime { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>When its back-off ends.</summary>
    public DateTimeOffset? NextAttempt { get; init; }
}
