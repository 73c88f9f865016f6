namespace EnhancedMta.Smtp;

/// <summary>
/// Open sessions by path, and how many there are. The last one given back is the first to be taken: the others get old, and end, when a
/// path needs fewer.
/// </summary>
internal sealed class IdleSessions<TPath>(int maxOpen)
    where TPath : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TPath, List<SmtpSession>> _idle = [];
    private int _open;
    private int _idleCount;

    public (int Open, int Idle) Count()
    {
        lock (_lock)
            return (_open, _idleCount);
    }

    /// <summary>An idle session of the path, the youngest first, or null.</summary>
    public SmtpSession? Take(TPath path)
    {
        lock (_lock)
        {
            if (!_idle.TryGetValue(path, out var sessions))
                return null;
            return Remove(path, sessions, sessions.Count - 1);
        }
    }

    public void Give(TPath path, SmtpSession session)
    {
        lock (_lock)
        {
            if (!_idle.TryGetValue(path, out var sessions))
                _idle.Add(path, sessions = []);
            sessions.Add(session);
            _idleCount++;
        }
    }

    /// <summary>Counts a session that is about to be opened.</summary>
    /// <returns>The oldest idle session, to be closed, when there would be too many.</returns>
    public SmtpSession? Reserve()
    {
        lock (_lock)
        {
            if (++_open <= maxOpen || _idleCount == 0)
                return null;
            var (path, sessions) = _idle.MinBy(pair => pair.Value[0].IdleSince);
            _open--;
            return Remove(path, sessions, 0);
        }
    }

    /// <summary>Counts off a session that ended, or never came about.</summary>
    public void Release()
    {
        lock (_lock)
            _open--;
    }

    /// <summary>Takes out, and counts off, all that are idle since before <paramref name="timestamp"/>.</summary>
    public List<SmtpSession> TakeIdleSince(long timestamp)
    {
        lock (_lock)
        {
            var old = new List<SmtpSession>();
            foreach (var (path, sessions) in _idle.ToList())
            {
                while (sessions.Count > 0 && sessions[0].IdleSince <= timestamp)
                    old.Add(Remove(path, sessions, 0));
            }
            _open -= old.Count;
            return old;
        }
    }

    private SmtpSession Remove(TPath path, List<SmtpSession> sessions, int index)
    {
        var session = sessions[index];
        sessions.RemoveAt(index);
        if (sessions.Count == 0)
            _idle.Remove(path);
        _idleCount--;
        return session;
    }
}
