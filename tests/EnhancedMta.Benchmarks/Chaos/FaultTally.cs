using System.Collections.Concurrent;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>How often each kind of fault took place: each request, reply, question or process that met one counts.</summary>
internal sealed class FaultTally
{
    private readonly ConcurrentDictionary<Fault, int> _counts = new();

    public int Total => _counts.Values.Sum();

    /// <summary>Of those after which a message may come twice.</summary>
    public int MayRepeat => _counts.Where(c => c.Key.MayRepeat).Sum(c => c.Value);

    public IReadOnlyList<(Fault Fault, int Count)> Counts =>
        [.. _counts.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key.Where, StringComparer.Ordinal).ThenBy(c => c.Key.What, StringComparer.Ordinal)];

    public void Add(Fault fault) => _counts.AddOrUpdate(fault, 1, (_, count) => count + 1);
}
