using System.Diagnostics;

namespace EnhancedMta.Telemetry;

/// <summary>One trace per batch: taking it in, and relaying it later, in whatever process. A trace is sampled as a whole.</summary>
internal static class Traces
{
    /// <summary>Begins the work on a batch.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="kind">Producer for what queues, consumer for what was queued.</param>
    /// <param name="parent">From the queue message; null when there is none.</param>
    /// <returns>Null when nobody listens or it is not sampled.</returns>
    public static Activity? Begin(string name, ActivityKind kind, string? parent = null)
    {
        if (parent is not null && ActivityContext.TryParse(parent, null, isRemote: true, out var context))
            return Instruments.Activities.StartActivity(name, kind, context);
        if (Activity.Current is not { Recorded: false } unrecorded)
            return Instruments.Activities.StartActivity(name, kind);
        // The host's activity of the request or queue message, which nobody asked to be sampled: ours decides for itself.
        Activity.Current = null;
        var begun = Instruments.Activities.StartActivity(name, kind);
        if (begun is null)
            Activity.Current = unrecorded;
        return begun;
    }

    /// <summary>A step of it.</summary>
    public static Activity? Step(string name, ActivityKind kind = ActivityKind.Internal) =>
        Activity.Current is { Recorded: true } ? Instruments.Activities.StartActivity(name, kind) : null;

    /// <summary>What goes into the queue message, so that the work goes on in the same trace; null when it is not sampled.</summary>
    public static string? Context(Activity? activity) => activity is { Recorded: true } ? activity.Id : null;
}
