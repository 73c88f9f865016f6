namespace EnhancedMta.WarmUp;

/// <summary>What a process has at hand of an egress's budget with a provider, and what it has to tell. For many threads.</summary>
internal sealed class BudgetPack(int publicId, string provider, bool isUrgent, string? address) : IDisposable
{
    private readonly Lock _lock = new();
    private DateOnly _date;
    private int _left;
    private DateTimeOffset _used;
    private DateTimeOffset _askAgain;
    private bool _isWarm;
    private WarmUpCounts _pending;
    private DateTimeOffset _pendingSince;
    private DateTimeOffset _bookedFor;
    private int _bookedLeft;

    public int PublicId => publicId;

    public string Provider => provider;

    /// <summary>For transactional messages.</summary>
    public bool IsUrgent => isUrgent;

    public string? Address => address;

    /// <summary>One of the process goes to storage at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The row as last seen; within <see cref="Gate"/>.</summary>
    public StoredWarmUp? Known { get; set; }

    /// <summary>Others write the row as well: to read it first saves a write in vain. Within <see cref="Gate"/>.</summary>
    public bool IsShared { get; set; }

    /// <summary>Takes what is at hand.</summary>
    /// <returns>True when there is nothing more to be had from storage just now, or nothing more is needed.</returns>
    public bool TryTake(int count, DateTimeOffset now, out int taken)
    {
        lock (_lock)
        {
            _used = now;
            if (_isWarm && now < _askAgain)
            {
                taken = count;
                return true;
            }
            taken = _date == Today(now) ? Math.Min(count, _left) : 0;
            if (taken < count && now >= _askAgain)
            {
                taken = 0;
                return false;
            }
            _left -= taken;
            return true;
        }
    }

    /// <summary>Messages of a demand for which storage should be asked.</summary>
    public int Lacks(int count, DateTimeOffset now)
    {
        lock (_lock)
            return now < _askAgain ? 0 : _date == Today(now) ? Math.Max(0, count - _left) : count;
    }

    /// <summary>Storage gave so much, of that day.</summary>
    /// <param name="count">More budget.</param>
    /// <param name="date">Of that day.</param>
    /// <param name="askAgain">Until then storage has no more.</param>
    /// <param name="isWarm">There is no budget to keep to.</param>
    public void Received(int count, DateOnly date, DateTimeOffset askAgain, bool isWarm)
    {
        lock (_lock)
        {
            // What is left of a day that ended lapses.
            _left = (_date == date ? _left : 0) + count;
            (_date, _askAgain, _isWarm) = (date, askAgain, isWarm);
        }
    }

    /// <summary>A message did not go after all.</summary>
    public void GiveBack(int count, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_isWarm && _date == Today(now))
                _left += count;
        }
    }

    /// <summary>Takes out what nobody here used since that time, for others.</summary>
    public int TakeIdle(DateTimeOffset since, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_left == 0 || _used > since || _date != Today(now))
                return 0;
            var idle = _left;
            _left = 0;
            return idle;
        }
    }

    public void Tell(WarmUpCounts counts, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_isWarm)
                return;
            if (_pending.IsEmpty)
                _pendingSince = now;
            _pending += counts;
        }
    }

    /// <summary>Takes out what is to be told, and says since when it waits.</summary>
    public (WarmUpCounts Counts, DateTimeOffset Since) TakePending()
    {
        lock (_lock)
        {
            var pending = (_pending, _pendingSince);
            _pending = default;
            return pending;
        }
    }

    /// <summary>It could not be told.</summary>
    public void PutBack(WarmUpCounts counts, DateTimeOffset since)
    {
        lock (_lock)
            (_pending, _pendingSince) = (_pending + counts, since);
    }

    /// <summary>Something was not told for so long.</summary>
    public bool HasPending(DateTimeOffset since)
    {
        lock (_lock)
            return !_pending.IsEmpty && _pendingSince <= since;
    }

    /// <summary>Not used since, and nothing to tell or give back.</summary>
    public bool IsIdle(DateTimeOffset since)
    {
        lock (_lock)
            return _used <= since && _pending.IsEmpty && _left == 0;
    }

    /// <summary>A time that was booked and still has places.</summary>
    public DateTimeOffset? TakeBooked(int count, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_bookedLeft <= 0 || _bookedFor <= now)
                return null;
            _bookedLeft -= count;
            return _bookedFor;
        }
    }

    public bool HasBooked(DateTimeOffset now)
    {
        lock (_lock)
            return _bookedLeft > 0 && _bookedFor > now;
    }

    public void Booked(DateTimeOffset time, int places)
    {
        lock (_lock)
            (_bookedFor, _bookedLeft) = (time, places);
    }

    /// <summary>Somebody changed the row: what is known of it is old.</summary>
    public void Forget()
    {
        lock (_lock)
            (_askAgain, _isWarm, _bookedLeft, IsShared) = (DateTimeOffset.MinValue, false, 0, true);
    }

    public void Dispose() => Gate.Dispose();

    private static DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);
}
