namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>Decides which of many events go wrong: a few at all times, many while a storm passes over.</summary>
/// <param name="seed">Of the dice. Which event meets which throw is up to the processes.</param>
/// <param name="usual">Share of events that go wrong without any storm.</param>
/// <param name="kinds">What goes wrong then.</param>
internal sealed class Weather<TPlace, TFault>(int seed, double usual, IReadOnlyList<TFault> kinds)
    where TFault : struct
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly List<Storm<TPlace, TFault>> _storms = [];
    private bool _isCalm = true;

    /// <summary>From now on things go wrong.</summary>
    public void Begin()
    {
        lock (_lock)
            _isCalm = false;
    }

    /// <summary>From now on nothing does.</summary>
    public void Calm()
    {
        lock (_lock)
        {
            _isCalm = true;
            _storms.Clear();
        }
    }

    public async Task PassAsync(Storm<TPlace, TFault> storm, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isCalm)
                return;
            _storms.Add(storm);
        }

        await Task.Delay(storm.Length, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            _storms.Remove(storm);
    }

    /// <summary>What happens to an event; null when it goes well.</summary>
    public TFault? At(TPlace place)
    {
        lock (_lock)
        {
            if (_isCalm)
                return null;
            foreach (var storm in _storms)
            {
                if (storm.Hits(place) && _random.NextDouble() < storm.Share)
                    return storm.Fault;
            }

            return _random.NextDouble() < usual ? kinds[_random.Next(kinds.Count)] : null;
        }
    }
}

/// <param name="Name">For people.</param>
/// <param name="Fault">What happens.</param>
/// <param name="Hits">Where.</param>
/// <param name="Share">Of the events there.</param>
/// <param name="Length">In real time.</param>
internal sealed record Storm<TPlace, TFault>(string Name, TFault Fault, Func<TPlace, bool> Hits, double Share, TimeSpan Length)
    where TFault : struct;
