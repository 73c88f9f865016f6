namespace EnhancedMta.Smtp;

/// <summary>Connections that a process may still open on a path. Not for several threads.</summary>
internal sealed class Openings(TimeProvider time)
{
    private int? _left;
    private DateTimeOffset _until;

    /// <summary>Null when they are not counted.</summary>
    public int? Left => _left is null ? null : time.GetUtcNow() < _until ? _left : 0;

    /// <summary>Adds to what is left of the same leave; null for any number.</summary>
    public void Add(OpeningLeave? leave)
    {
        var before = leave?.Until == _until ? _left ?? 0 : 0;
        (_left, _until) = (leave is { } more ? before + more.More : null, leave?.Until ?? default);
    }

    /// <summary>Takes one; false when there is none.</summary>
    public bool Take()
    {
        if (Left == 0)
            return false;
        if (_left is not null)
            _left--;
        return true;
    }

    /// <summary>Keeps so many at most.</summary>
    /// <returns>How many there are less.</returns>
    public int Keep(int most)
    {
        if (Left is not { } left || left <= most)
            return 0;
        _left = most;
        return left - most;
    }
}
