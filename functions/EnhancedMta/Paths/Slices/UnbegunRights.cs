namespace EnhancedMta.Paths.Slices;

/// <summary>
/// Rights to begin in a slice that this process was let through with and has not used: its messages wait for a connection. They are all alike. Those of marketing mail go to
/// transactional mail that finds the slice full; the last of the messages they were for are planned anew.
/// </summary>
internal sealed class UnbegunRights
{
    private readonly Lock _lock = new();
    private Slice _slice;
    private int _usual;
    private int _urgent;

    /// <summary>Marketing mail's, of the slice.</summary>
    public int Usual(Slice slice)
    {
        lock (_lock)
            return slice == _slice ? _usual : 0;
    }

    /// <summary>Messages were let through. Rights of slices before are over.</summary>
    public void Add(Slice slice, bool isUrgent, int count)
    {
        lock (_lock)
        {
            if (slice.Number < _slice.Number)
                return;
            if (slice != _slice)
                (_slice, _usual, _urgent) = (slice, 0, 0);
            if (isUrgent)
                _urgent += count;
            else
                _usual += count;
        }
    }

    /// <summary>For one message, which begins, or never will.</summary>
    /// <returns>False when none is left.</returns>
    public bool TryTake(Slice slice, bool isUrgent)
    {
        lock (_lock)
        {
            if (slice != _slice || (isUrgent ? _urgent : _usual) == 0)
                return false;
            if (isUrgent)
                _urgent--;
            else
                _usual--;
            return true;
        }
    }

    /// <summary>Takes some of marketing mail's for transactional mail.</summary>
    /// <returns>How many there were, up to <paramref name="wanted"/>.</returns>
    public int Yield(Slice slice, int wanted)
    {
        lock (_lock)
        {
            var taken = slice == _slice ? Math.Min(wanted, _usual) : 0;
            _usual -= taken;
            return taken;
        }
    }
}
