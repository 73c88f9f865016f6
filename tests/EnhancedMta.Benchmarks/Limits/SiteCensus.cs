using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>What the sink saw at one site.</summary>
internal sealed class SiteCensus(LimitedSite site)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _begun = [];
    private readonly SortedDictionary<long, int> _taken = [];
    private readonly SortedDictionary<long, int> _opened = [];
    private int _open;

    public LimitedSite Site => site;

    /// <summary>Most connections at once.</summary>
    public int MostOpen { get; private set; }

    /// <summary>Sessions that began when as many as allowed were open.</summary>
    public int OpenedOverLimit { get; private set; }

    /// <summary>Minutes in which more sessions began than allowed.</summary>
    public int MinutesOverLimit
    {
        get
        {
            lock (_lock)
                return _opened.Values.Count(n => n > site.PerMinute);
        }
    }

    /// <summary>Messages beyond those that a connection may carry.</summary>
    public int OverConnection { get; private set; }

    public int Sessions { get; private set; }

    /// <summary>Messages by slice, counted when MAIL was accepted.</summary>
    public IReadOnlyList<(Slice Slice, int Count)> Begun => Copy(_begun);

    /// <summary>Messages by slice, counted when they were taken.</summary>
    public IReadOnlyList<(Slice Slice, int Count)> Taken => Copy(_taken);

    /// <summary>Messages begun in a slice.</summary>
    public int BegunIn(Slice slice)
    {
        lock (_lock)
            return _begun.GetValueOrDefault(slice.Number);
    }

    public void Opened(DateTimeOffset now)
    {
        lock (_lock)
        {
            Sessions++;
            var minute = now.UtcTicks / TimeSpan.TicksPerMinute;
            _opened[minute] = _opened.GetValueOrDefault(minute) + 1;
            _open++;
            MostOpen = Math.Max(MostOpen, _open);
            if (_open > site.Connections)
                OpenedOverLimit++;
        }
    }

    public void Closed()
    {
        lock (_lock)
            _open--;
    }

    public void Began(Slice slice, int number)
    {
        lock (_lock)
        {
            _begun[slice.Number] = _begun.GetValueOrDefault(slice.Number) + 1;
            if (number > site.MessagesPerConnection)
                OverConnection++;
        }
    }

    public void Took(Slice slice)
    {
        lock (_lock)
            _taken[slice.Number] = _taken.GetValueOrDefault(slice.Number) + 1;
    }

    private List<(Slice, int)> Copy(SortedDictionary<long, int> counts)
    {
        lock (_lock)
            return [.. counts.Select(c => (new Slice(c.Key), c.Value))];
    }
}
