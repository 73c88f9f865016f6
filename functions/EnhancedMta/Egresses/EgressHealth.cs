using System.Collections.Concurrent;

namespace EnhancedMta.Egresses;

/// <summary>An egress that is set aside.</summary>
/// <param name="Since">When its failures began.</param>
/// <param name="Until">When it is tried again.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Detail">The last one.</param>
public sealed record EgressIllness(DateTimeOffset Since, DateTimeOffset Until, int Failures, string Detail);

/// <summary>
/// Which egresses work, as this process finds out: a proxy that is down, a smarthost that refuses us, an address that is not ours. An ill
/// one is set aside for a minute, doubling to ten; then one message tries it for all. What it fails is never held against a recipient.
/// </summary>
/// <remarks>Not shared: to find out costs each instance one connection.</remarks>
/// <param name="clock">For the waits.</param>
/// <param name="raise">Tells somebody that an egress stays ill.</param>
public sealed class EgressHealth(TimeProvider clock, Func<Egress, string, CancellationToken, Task> raise)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // A proxy that restarts, a smarthost that reloads: nobody needs to hear of it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // A proxy may refuse one target for a rule of its own. Three different ones in a row, with no session in between, are no coincidence.
    private const int DoubtsEnough = 3;

    private readonly ConcurrentDictionary<int, State> _states = new();

    /// <summary>Why and until when the egress is set aside; null when it may be used.</summary>
    public EgressIllness? Find(Egress egress)
    {
        ArgumentNullException.ThrowIfNull(egress);
        if (!_states.TryGetValue(egress.PublicId, out var state))
            return null;
        lock (state)
            return state.Illness is { } illness && illness.Until > clock.GetUtcNow() ? illness : null;
    }

    /// <summary>The egress itself failed.</summary>
    /// <param name="egress">Which.</param>
    /// <param name="detail">What was tried and what came of it. Goes into logs.</param>
    /// <param name="cancellationToken">Ends the telling.</param>
    internal async Task FailedAsync(Egress egress, string detail, CancellationToken cancellationToken)
    {
        var state = _states.GetOrAdd(egress.PublicId, static _ => new State());
        var now = clock.GetUtcNow();
        EgressIllness illness;
        lock (state)
        {
            // Twenty connections fail at the same moment: that is one failure.
            if (state.Illness is { } known && known.Until > now && !state.IsTried)
                return;
            var failures = (state.Illness?.Failures ?? 0) + 1;
            var wait = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 10)));
            state.Illness = illness = new EgressIllness(state.Illness?.Since ?? now, now + wait, failures, detail);
            state.IsTried = false;
        }
        if (now - illness.Since < Patience)
            return;
        try
        {
            await raise(egress, $"It has sent nothing since {illness.Since.UtcDateTime:u}; its messages take other egresses, or wait. {detail}", cancellationToken).ConfigureAwait(false);
        }
        catch (Azure.RequestFailedException)
        {
            // It is set aside all the same, and its next failure tells again.
        }
    }

    /// <summary>It would not go to one target: its own fault only if it is so with others.</summary>
    internal Task DoubtedAsync(Egress egress, string target, string detail, CancellationToken cancellationToken)
    {
        var state = _states.GetOrAdd(egress.PublicId, static _ => new State());
        lock (state)
        {
            if (state.Doubts.Count < DoubtsEnough)
                state.Doubts.Add(target);
            if (state.Doubts.Count < DoubtsEnough)
                return Task.CompletedTask;
        }
        return FailedAsync(egress, detail, cancellationToken);
    }

    /// <summary>It did its work, whatever became of the message.</summary>
    /// <param name="egress">Which.</param>
    /// <param name="isSession">A session came about, and did not just fail for the target's reasons.</param>
    internal void Worked(Egress egress, bool isSession)
    {
        if (!_states.TryGetValue(egress.PublicId, out var state))
            return;
        lock (state)
        {
            if (isSession)
                state.Doubts.Clear();
            if (state.Doubts.Count < DoubtsEnough)
                (state.Illness, state.IsTried) = (null, false);
        }
    }

    /// <summary>Whether a connection may be tried: of an ill egress whose wait is over only one at a time.</summary>
    internal bool MayTry(Egress egress)
    {
        if (!_states.TryGetValue(egress.PublicId, out var state))
            return true;
        var now = clock.GetUtcNow();
        lock (state)
        {
            if (state.Illness is not { } illness)
                return true;
            if (illness.Until > now)
                return false;
            // Should the one that tries never tell, another tries after it.
            state.Illness = illness with { Until = now + First };
            state.IsTried = true;
            return true;
        }
    }

    private sealed class State
    {
        public EgressIllness? Illness { get; set; }

        /// <summary>Its wait is over and somebody tries it.</summary>
        public bool IsTried { get; set; }

        /// <summary>Targets that it would not go to since its last session.</summary>
        public HashSet<string> Doubts { get; } = new(StringComparer.Ordinal);
    }
}
