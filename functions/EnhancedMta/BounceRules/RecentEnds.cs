namespace EnhancedMta.BounceRules;

/// <summary>
/// Where the words before a gap ended lately. One position is not enough: in "mailbox ada: mailbox full" the last "mailbox" is a part
/// of "mailbox full", and the one before it is what "mailbox .. mailbox full" means.
/// </summary>
internal struct RecentEnds
{
    /// <summary>How far back is known, in characters.</summary>
    public const int Reach = 127;

    // Bit k: one ended at _last - k.
    private UInt128 _ends;
    private int _last;

    /// <param name="end">Not before any that was added.</param>
    public void Add(int end)
    {
        var passed = end - _last;
        _ends = (passed > Reach ? UInt128.Zero : _ends << passed) | UInt128.One;
        _last = end;
    }

    /// <summary>Whether one ended at <paramref name="position"/>, or up to <paramref name="gap"/> characters before it.</summary>
    /// <param name="position">At most <see cref="Reach"/> - <paramref name="gap"/> before the last one that was added.</param>
    /// <param name="gap">Less than 128.</param>
    public readonly bool IsNear(int position, int gap)
    {
        var back = _last - position;
        if (back >= 0)
            return ((_ends >> back) & Lowest(gap + 1)) != UInt128.Zero;
        // The last one is the nearest.
        return gap + back >= 0 && _ends != UInt128.Zero;
    }

    private static UInt128 Lowest(int count) => (UInt128.One << count) - UInt128.One;
}
