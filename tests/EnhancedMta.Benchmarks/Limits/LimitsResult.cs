using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>What came of a run.</summary>
/// <param name="Scene">What was sent.</param>
/// <param name="Census">What the sink saw.</param>
/// <param name="Accepted">By mailing: when its last message was accepted, on the common clock.</param>
/// <param name="Repeats">By mailing: how often a message may have been sent twice, by our own count.</param>
/// <param name="Counts">Of all processes together: requests to storage, and messages that came from the relay queues, each as often as it did.</param>
/// <param name="Rest">The same, after all was sent: what hosts ask for with nothing to do, which is looks at empty queues, timers, rules.</param>
/// <param name="RestSeconds">How long that was, in real seconds.</param>
/// <param name="Seconds">Real ones.</param>
internal sealed record LimitsResult(
    Scene Scene, Census Census, IReadOnlyDictionary<string, DateTimeOffset> Accepted, IReadOnlyDictionary<string, int> Repeats, HostCounts Counts, HostCounts Rest, double RestSeconds, double Seconds)
{
    /// <summary>Of the operations, those that the hosts would have asked for in that time with nothing to do.</summary>
    public double AtRest => Rest.StorageOperations / RestSeconds * Seconds;

    /// <summary>Operations by what they are for, the most frequent first: for a message, and of these what hosts at rest would have asked for.</summary>
    public IEnumerable<(string Kind, double PerMessage, double AtRest)> Kinds =>
        Counts.Kinds.OrderByDescending(k => k.Value).Select(k => (k.Key, (double)k.Value / Scene.Messages, Rest.Kinds.GetValueOrDefault(k.Key) / RestSeconds * Seconds / Scene.Messages));

    /// <summary>Over all sites.</summary>
    public int SlicesOverLimit => Census.Sites.Where(s => s.Site.PerSlice is not null).Sum(s => s.Begun.Count(slice => slice.Count > s.Site.PerSlice));

    /// <summary>Those that a sink which reads late does not explain.</summary>
    public int SlicesSurelyOverLimit => Census.Sites.Sum(s => s.SlicesSurelyOverLimit);

    /// <summary>The same, counted at the end of the data: what was begun in time may end in the next slice.</summary>
    public int SlicesOverLimitAtEnd => Census.Sites.Where(s => s.Site.PerSlice is not null).Sum(s => s.Taken.Count(slice => slice.Count > s.Site.PerSlice));

    public int ConnectionsOverLimit => Census.Sites.Sum(s => s.OpenedOverLimit);

    /// <summary>Minutes with more new connections than allowed.</summary>
    public int MinutesOverLimit => Census.Sites.Sum(s => s.MinutesOverLimit);

    public int MessagesOverConnection => Census.Sites.Sum(s => s.OverConnection);

    public int Lost => Scene.Mailings.Sum(m => Enumerable.Range(0, m.Count).Count(n => !Census.Has(m.MessageIdOf(n))));

    public int Duplicates => Census.Duplicates;

    public int PossibleRepeats => Repeats.Values.Sum();

    /// <summary>Duplicates that our own count does not tell of; it is kept for each delivery.</summary>
    public int DuplicatesUntold => Scene.Mailings.Sum(m => Math.Max(0, Census.DuplicatesOf(m.Id) - Repeats[m.Id]));

    public double PollsPerMessage => (double)Counts.Messages / Scene.Messages;

    public double OperationsPerMessage => (double)Counts.StorageOperations / Scene.Messages;

    /// <summary>Without those at rest, which depend on the time and not on the messages.</summary>
    public double WorkPerMessage => (Counts.StorageOperations - AtRest) / Scene.Messages;

    /// <summary>Full slices of the throttled site at whose beginning there was enough to fill them.</summary>
    public IReadOnlyList<(Slice Slice, int Count)> BusySlices
    {
        get
        {
            var site = Scene.Throttled;
            var begun = Census.Of(site).Begun;
            var total = Scene.Large.Recipients.Where(r => r.Site == site).Sum(r => r.Count);
            var (busy, sent) = (new List<(Slice, int)>(), 0);
            if (begun.Count == 0)
                return busy;
            // Slices without any message count too. The first began before the mail came.
            var counts = begun.ToDictionary(s => s.Slice, s => s.Count);
            for (var slice = begun[0].Slice; slice.Number <= begun[^1].Slice.Number; slice += 1)
            {
                var count = counts.GetValueOrDefault(slice);
                if (slice != begun[0].Slice && Accepted[Scene.Large.Id] <= slice.Start && total - sent >= site.PerSlice)
                    busy.Add((slice, count));
                sent += count;
            }

            return busy;
        }
    }

    public double UtilisationPercent => BusySlices is { Count: > 0 } busy ? 100.0 * busy.Sum(s => s.Count) / (busy.Count * (double)Scene.Throttled.PerSlice!) : 0;

    /// <summary>From a mailing's acceptance to its last message, in seconds of the common clock.</summary>
    public double DelayOf(Mailing mailing) => (Census.OfDelivery(mailing.Id).Last - Accepted[mailing.Id]).TotalSeconds;

    /// <summary>The longest of the transactional deliveries in mid-slice.</summary>
    public double DelayInSlice => Scene.InSlice.Max(DelayOf);

    /// <summary>From a mailing's acceptance to the next slice.</summary>
    public double NextSliceOf(Mailing mailing) => (Slice.At(Accepted[mailing.Id]).End - Accepted[mailing.Id]).TotalSeconds;
}
