using System.Diagnostics.CodeAnalysis;

namespace EnhancedMta.Smtp;

/// <summary>
/// The connections that this process has on one path: as many as it was given leave for, idle ones included. A path can span several
/// sites (a provider's), so an idle connection of one gives way when another needs its place; it is closed first, so that the server
/// never sees one too many.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing to dispose, and who sends still looks at its token.")]
internal sealed class PathConnections(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _urgent = new();
    private readonly LinkedList<Waiter> _usual = new();
    private readonly List<(SessionKey Key, SmtpSession Session)> _idle = [];
    private readonly Openings _openings = new(time);
    private CancellationTokenSource _cut = new();
    private int _size;
    private int _open;
    private bool _isPromised;

    /// <summary>Leave for so many.</summary>
    public int Size
    {
        get
        {
            lock (_lock)
                return _size;
        }
    }

    /// <summary>What is open now, or being opened, ends when this does (<see cref="CutOff"/>).</summary>
    public CancellationToken Cut
    {
        get
        {
            lock (_lock)
                return _cut.Token;
        }
    }

    /// <summary>Open, being opened or being closed, idle ones included.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
                return _open;
        }
    }

    public int Idle
    {
        get
        {
            lock (_lock)
                return _idle.Count;
        }
    }

    /// <summary>Messages that wait for a connection.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _urgent.Count + _usual.Count;
        }
    }

    /// <summary>Of these, urgent ones.</summary>
    public int UrgentWaiting
    {
        get
        {
            lock (_lock)
                return _urgent.Count;
        }
    }

    /// <summary>Of the idle ones, since when the oldest is; null without idle ones. In <see cref="TimeProvider"/> ticks.</summary>
    public long? OldestIdle
    {
        get
        {
            lock (_lock)
                return _idle.Count == 0 ? null : _idle[0].Session.IdleSince;
        }
    }

    /// <summary>Waits for an idle session, or for leave to open one. Who waits comes in order, urgent ones first.</summary>
    /// <returns>Null when the process lost its leave for any.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; nothing was taken.</exception>
    public async ValueTask<ConnectionPlace?> TakeAsync(SessionWish wish, bool urgent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Waiter>? waiter = null;
        (SessionKey, SmtpSession Session)? stranger = null;
        lock (_lock)
        {
            if (_size == 0 && _open == 0 && !_isPromised)
                return null;
            // The youngest first: the others get old, and end, when a path needs fewer.
            var own = _idle.FindLastIndex(idle => wish.IsMetBy(idle.Key, idle.Session));
            if (own >= 0)
                return new ConnectionPlace(TakeIdle(own).Session);
            if (_open < _size && _openings.Take())
                _open++;
            else if (_open <= _size && _idle.Count > 0 && _openings.Take())
                stranger = TakeIdle(0);
            else
                waiter = (urgent ? _urgent : _usual).AddLast(new Waiter(wish));
        }

        if (stranger is var (_, session))
        {
            await session.CloseAsync(Cut);
            return new ConnectionPlace(null);
        }

        if (waiter is null)
            return new ConnectionPlace(null);
        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(waiter, cancellationToken), null);
        var (place, toClose) = await waiter.Value.Task;
        if (toClose is not null)
            await toClose.CloseAsync(Cut);
        return place;
    }

    /// <summary>Gives a session back that may carry another message.</summary>
    public void Give(SessionKey key, SmtpSession session)
    {
        Waiter? next = null;
        SmtpSession? surplus = null;
        var isMet = false;
        lock (_lock)
        {
            session.IdleSince = time.GetTimestamp();
            if (_open > _size)
                surplus = session;
            else if (NextFor(key, session) is { } waiter)
                (next, isMet) = (Remove(waiter), waiter.Value.Wish.IsMetBy(key, session));
            else
                _idle.Add((key, session));
        }

        if (surplus is not null)
            Retire(surplus);
        else if (next is not null)
            next.Found(new ConnectionPlace(isMet ? session : null), isMet ? null : session);
    }

    /// <summary>Closes a session, in the background, and gives its place to the next.</summary>
    public void Retire(SmtpSession session)
    {
        if (session.IsUsable)
        {
            _ = CloseAsync();
            return;
        }

        session.Dispose();
        Leave();

        async Task CloseAsync()
        {
            await session.CloseAsync(Cut);
            Leave();
        }
    }

    /// <summary>A place is free: its session has ended, or never came about.</summary>
    public void Leave()
    {
        Waiter? next = null;
        lock (_lock)
        {
            if (_open <= _size && First() is { } waiter && _openings.Take())
                next = Remove(waiter);
            else
                _open--;
        }

        next?.Found(new ConnectionPlace(null), null);
    }

    /// <summary>The leave is now for <paramref name="size"/>, and for some more openings; null for any number.</summary>
    /// <param name="size">Connections.</param>
    /// <param name="openings">Leave to open some.</param>
    /// <param name="isPromised">Who waits goes on waiting also when the leave is for none: there will be one, or a call without a promise. Without it nobody waits for nothing.</param>
    public void Resize(int size, OpeningLeave? openings = null, bool isPromised = false)
    {
        var found = new List<Waiter>();
        var lost = new List<Waiter>();
        var surplus = new List<SmtpSession>();
        lock (_lock)
        {
            (_size, _isPromised) = (size, isPromised);
            _openings.Add(openings);
            // They count until they are closed.
            for (var left = _open; left > _size && _idle.Count > 0; left--)
                surplus.Add(TakeIdle(0).Session);

            while (_open < _size && First() is { } waiter && _openings.Take())
            {
                _open++;
                found.Add(Remove(waiter));
            }

            while (_size == 0 && !_isPromised && First() is { } waiter)
                lost.Add(Remove(waiter));
        }

        foreach (var session in surplus)
            Retire(session);
        foreach (var waiter in found)
            waiter.Found(new ConnectionPlace(null), null);
        foreach (var waiter in lost)
            waiter.Found(null, null);
    }

    /// <summary>The leave is for no more than <paramref name="size"/> from now on.</summary>
    /// <returns>Connections that are open, those that are to be closed included. There will be no more than that, or than the leave.</returns>
    public int Shrink(int size)
    {
        var surplus = new List<SmtpSession>();
        int open;
        lock (_lock)
        {
            _size = Math.Min(_size, size);
            open = _open;
            for (var left = _open; left > _size && _idle.Count > 0; left--)
                surplus.Add(TakeIdle(0).Session);
        }

        foreach (var session in surplus)
            Retire(session);
        return open;
    }

    /// <summary>
    /// Ends whatever is open, at once: others may soon have these connections. Only who waits for the reply to a whole message goes on waiting;
    /// ending that could send the message twice.
    /// </summary>
    public void CutOff()
    {
        CancellationTokenSource cut;
        lock (_lock)
            (cut, _cut) = (_cut, new CancellationTokenSource());
        cut.Cancel();
    }

    /// <summary>Takes out all that are idle since before <paramref name="timestamp"/>, to be retired.</summary>
    public List<SmtpSession> TakeIdleSince(long timestamp)
    {
        var old = new List<SmtpSession>();
        lock (_lock)
        {
            while (_idle.Count > 0 && _idle[0].Session.IdleSince <= timestamp)
                old.Add(TakeIdle(0).Session);
        }

        return old;
    }

    /// <summary>Openings that are left of the last leave; null when they are not counted.</summary>
    public int? OpeningsLeft
    {
        get
        {
            lock (_lock)
                return _openings.Left;
        }
    }

    /// <summary>Gives up leave to open more than <paramref name="most"/>.</summary>
    /// <returns>For how many it was.</returns>
    public int KeepOpenings(int most)
    {
        lock (_lock)
            return _openings.Keep(most);
    }

    /// <summary>There is a place for a connection, or for one of another site, and no leave to open it.</summary>
    public bool NeedsOpenings
    {
        get
        {
            lock (_lock)
                return _openings.Left == 0 && (_open < _size || _idle.Count > 0);
        }
    }

    private (SessionKey Key, SmtpSession Session) TakeIdle(int index)
    {
        var taken = _idle[index];
        _idle.RemoveAt(index);
        return taken;
    }

    private LinkedListNode<Waiter>? First() => _urgent.First ?? _usual.First;

    // Whoever is first may have the place; one of another site only when it may open a connection of its own.
    private LinkedListNode<Waiter>? NextFor(SessionKey key, SmtpSession session)
    {
        if (First() is not { } first)
            return null;
        if (first.Value.Wish.IsMetBy(key, session) || _openings.Take())
            return first;
        for (var waiter = first.Next; waiter is not null; waiter = waiter.Next)
        {
            if (waiter.Value.Wish.IsMetBy(key, session))
                return waiter;
        }

        return null;
    }

    private static Waiter Remove(LinkedListNode<Waiter> node)
    {
        node.List!.Remove(node);
        return node.Value;
    }

    private void Cancel(LinkedListNode<Waiter> waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // It was found just before.
            if (waiter.List is null)
                return;
            waiter.List.Remove(waiter);
        }

        waiter.Value.SetCanceled(cancellationToken);
    }

    private sealed class Waiter(SessionWish wish)
    {
        private readonly TaskCompletionSource<(ConnectionPlace? Place, SmtpSession? ToClose)> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SessionWish Wish { get; } = wish;

        public Task<(ConnectionPlace? Place, SmtpSession? ToClose)> Task => _source.Task;

        public void Found(ConnectionPlace? place, SmtpSession? toClose) => _source.SetResult((place, toClose));

        public void SetCanceled(CancellationToken cancellationToken) => _source.SetCanceled(cancellationToken);
    }
}
