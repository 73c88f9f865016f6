namespace EnhancedMta.Smtp;

/// <summary>Leave to use a connection: so many at once on a path, and so many in all.</summary>
internal sealed class SlotsByPath<TPath>(int perPath, int total)
    where TPath : notnull
{
    private readonly Dictionary<TPath, Gate> _gates = [];
    private readonly PriorityGate _all = new(total);

    /// <summary>Waits for a slot; disposing it gives it back. Urgent ones wait for no others.</summary>
    public async ValueTask<Slot> TakeAsync(TPath path, bool urgent, CancellationToken cancellationToken)
    {
        var gate = Enter(path);
        var isThrough = false;
        try
        {
            await gate.Slots.WaitAsync(urgent, cancellationToken);
            isThrough = true;
            await _all.WaitAsync(urgent, cancellationToken);
            return new Slot(this, path, gate);
        }
        catch
        {
            if (isThrough)
                gate.Slots.Release();
            Leave(path, gate);
            throw;
        }
    }

    private Gate Enter(TPath path)
    {
        lock (_gates)
        {
            if (!_gates.TryGetValue(path, out var gate))
                _gates.Add(path, gate = new Gate(perPath));
            gate.Users++;
            return gate;
        }
    }

    private void Leave(TPath path, Gate gate)
    {
        lock (_gates)
        {
            if (--gate.Users == 0)
                _gates.Remove(path);
        }
    }

    internal sealed class Slot(SlotsByPath<TPath> owner, TPath path, Gate gate) : IDisposable
    {
        public void Dispose()
        {
            owner._all.Release();
            gate.Slots.Release();
            owner.Leave(path, gate);
        }
    }

    internal sealed class Gate(int size)
    {
        public PriorityGate Slots { get; } = new(size);

        public int Users { get; set; }
    }
}
