using System.Collections.Concurrent;
using EnhancedMta.LocalHost.Clocks;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>What the sink saw, counted as a provider would: connections at once, messages in each slice, and which messages they were.</summary>
internal sealed class Census(IReadOnlyList<LimitedSite> sites, FastClock clock) : SinkObserver
{
    /// <summary>
    /// On a busy machine a MAIL is read so much after it was sent, in real time. What is begun keeps ten seconds away from a slice's end, of which a
    /// fast clock leaves less.
    /// </summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, SiteCensus> _sites = sites.ToDictionary(s => s.Name, s => new SiteCensus(s, Lateness * clock.Speed));
    private readonly ConcurrentDictionary<string, int> _messages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Last)> _deliveries = new(StringComparer.Ordinal);

    public IEnumerable<SiteCensus> Sites => _sites.Values;

    /// <summary>Different messages that came.</summary>
    public int Distinct => _messages.Count;

    public int Duplicates => _messages.Values.Sum(n => n - 1);

    public int DuplicatesOf(string delivery) => _messages.Where(m => Mailing.DeliveryOf(m.Key) == delivery).Sum(m => m.Value - 1);

    public SiteCensus Of(LimitedSite site) => _sites[site.Name];

    public bool Has(string messageId) => _messages.ContainsKey(messageId);

    /// <summary>How many messages of a delivery came, and when the last.</summary>
    public (int Count, DateTimeOffset Last) OfDelivery(string id) => _deliveries.GetValueOrDefault(id);

    public override void Opened(Persona persona, Func<bool> hasLeft) => _sites[persona.Name].Opened(clock.GetUtcNow(), hasLeft);

    public override void Closed(Persona persona, Func<bool> hasLeft) => _sites[persona.Name].Closed(hasLeft);

    public override void Began(Persona persona, int number) => _sites[persona.Name].Began(clock.GetUtcNow(), number);

    public override void Took(Persona persona, string? messageId, string recipient)
    {
        var now = clock.GetUtcNow();
        var id = Mailing.Unsealed(messageId ?? throw new InvalidDataException("A message has no Message-ID."));
        if (_messages.AddOrUpdate(id, 1, (_, count) => count + 1) == 1)
            _deliveries.AddOrUpdate(Mailing.DeliveryOf(id), (1, now), (_, before) => (before.Count + 1, now));
        _sites[persona.Name].Took(Slice.At(now));
    }
}
