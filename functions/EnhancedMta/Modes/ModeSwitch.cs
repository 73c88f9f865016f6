using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Modes;

/// <summary>The mode that holds, and changing it. Each instance sees a change within <see cref="ModeState.SeenWithin"/> while it works.</summary>
public sealed class ModeSwitch(TableClient table, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _looking = new(1, 1);
    private volatile Seen _seen = new(ModeState.Initial, DateTimeOffset.MinValue, new CancellationTokenSource());
    private int _working;

    /// <summary>Batches are being sent in this process.</summary>
    public bool IsWorking => Volatile.Read(ref _working) > 0;

    /// <summary>Since the last look.</summary>
    internal TimeSpan Age => clock.GetUtcNow() - _seen.At;

    /// <summary>The mode that holds now, and a token that ends with it.</summary>
    /// <exception cref="RequestFailedException">Storage failed: nobody knows who is to send, so nobody does.</exception>
    public async Task<(OperatingMode Mode, CancellationToken Ends)> CurrentAsync(CancellationToken cancellationToken)
    {
        var seen = _seen;
        if (clock.GetUtcNow() - seen.At >= ModeState.SeenWithin)
            seen = await LookAsync(cancellationToken, instead: seen).ConfigureAwait(false);
        return (seen.State.At(clock.GetUtcNow()), seen.Ends.Token);
    }

    /// <summary>The state as it is in the table.</summary>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<ModeState> ReadAsync(CancellationToken cancellationToken)
    {
        var (partition, key) = ModeState.RowKey;
        var row = await table.GetEntityIfExistsAsync<TableEntity>(partition, key, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? ModeState.Read(row.Value!) : ModeState.Initial;
    }

    /// <summary>Sets the mode for all instances.</summary>
    /// <exception cref="RequestFailedException">Storage failed, or somebody else changed it at the same moment (412).</exception>
    public async Task<ModeState> SetAsync(OperatingMode mode, string? reason, CancellationToken cancellationToken)
    {
        var state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var next = state.Change(mode, reason, clock.GetUtcNow());
        if (state.ETag == default)
            await table.AddEntityAsync(next.ToRow(), cancellationToken).ConfigureAwait(false);
        else
            await table.UpdateEntityAsync(next.ToRow(), state.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
        return (await LookAsync(cancellationToken).ConfigureAwait(false)).State;
    }

    /// <summary>Looks now.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="instead">What is too old. Of a dozen batches that find it so at the same moment one looks; null to look whoever did.</param>
    internal async Task<Seen> LookAsync(CancellationToken cancellationToken, Seen? instead = null)
    {
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = _seen;
            var now = clock.GetUtcNow();
            if (instead is not null && before != instead && now - before.At < ModeState.SeenWithin)
                return before;
            var state = await ReadAsync(cancellationToken).ConfigureAwait(false);
            // Its end ends the work of whoever sends by it.
            var isSame = state.Mode == before.State.Mode && state.Effective == before.State.Effective;
            var seen = _seen = new Seen(state, now, isSame ? before.Ends : new CancellationTokenSource());
            if (!isSame)
                await before.Ends.CancelAsync().ConfigureAwait(false);
            return seen;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>While the answer is not disposed, the mode is looked at again and again.</summary>
    internal IDisposable Working()
    {
        Interlocked.Increment(ref _working);
        return new Work(this);
    }

    public void Dispose() => _looking.Dispose();

    internal sealed record Seen(ModeState State, DateTimeOffset At, CancellationTokenSource Ends);

    private sealed class Work(ModeSwitch owner) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref owner._working);
    }
}
