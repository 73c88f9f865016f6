using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>What the sink saw at one site.</summary>
/// <param name="site">Which.</param>
/// <param name="lateness">A message that is seen so soon after a slice began may have begun in the one before.</param>
internal sealed class SiteCensus(LimitedSite site, TimeSpan lateness)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _begun = [];
    private readonly SortedDictionary<long, int> _early = [];
    private readonly SortedDictionary<long, int> _taken = [];
    private readonly SortedDictionary<long, int> _opened = [];
    private readonly HashSet<Func<bool>> _open = [];

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

    /// <summary>Slices over the limit, whatever the sink saw late: as many as it takes of what came at a slice's beginning count to the one before, when that has room.</summary>
    public int SlicesSurelyOverLimit
    {
        get
        {
            lock (_lock)
            {
                var (over, before) = (0, (Number: 0L, Count: 0));
                foreach (var (number, count) in _begun)
                {
                    var room = site.PerSlice - (before.Number == number - 1 ? before.Count : 0);
                    before = (number, count - Math.Clamp(_early.GetValueOrDefault(number), 0, Math.Max(0, room ?? 0)));
                    over += before.Count > site.PerSlice ? 1 : 0;
                }

                return over;
            }
        }
    }

    /// <param name="now">When it did.</param>
    /// <param name="hasLeft">Whether its client has closed it: what the sink has not read yet is open no more.</param>
    public void Opened(DateTimeOffset now, Func<bool> hasLeft)
    {
        lock (_lock)
        {
            Sessions++;
            var minute = now.UtcTicks / TimeSpan.TicksPerMinute;
            _opened[minute] = _opened.GetValueOrDefault(minute) + 1;
            _open.Add(hasLeft);
            var open = _open.Count > site.Connections ? _open.Count(left => !left()) : _open.Count;
            MostOpen = Math.Max(MostOpen, open);
            if (open > site.Connections)
                OpenedOverLimit++;
        }
    }

    public void Closed(Func<bool> hasLeft)
    {
        lock (_lock)
            _open.Remove(hasLeft);
    }

    public void Began(DateTimeOffset now, int number)
    {
        var slice = Slice.At(now);
        lock (_lock)
        {
            _begun[slice.Number] = _begun.GetValueOrDefault(slice.Number) + 1;
            if (now - slice.Start < lateness)
                _early[slice.Number] = _early.GetValueOrDefault(slice.Number) + 1;
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
