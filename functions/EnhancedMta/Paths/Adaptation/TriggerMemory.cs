namespace EnhancedMta.Paths.Adaptation;

/// <summary>Hits of a trigger that were not enough yet, and when it was last set off.</summary>
public sealed record TriggerMemory(string Id, DateTimeOffset? FiredAt, IReadOnlyList<HitCount> Hits)
{
    // Of the trigger's time: hits this close together are kept as one entry.
    private const double Resolution = 1.0 / 8;

    internal int Count => Hits.Sum(h => h.Count);

    /// <summary>With hits added, and without those that are older than the trigger counts.</summary>
    internal TriggerMemory Add(int count, DateTimeOffset at, TimeSpan within, DateTimeOffset now)
    {
        var kept = Hits.Where(h => h.At > now - within).ToList();
        if (count > 0 && at > now - within)
        {
            if (kept.Count > 0 && at - kept[^1].At < within * Resolution)
                kept[^1] = kept[^1] with { Count = kept[^1].Count + count };
            else
                kept.Add(new HitCount(at, count));
        }
        return this with { Hits = kept };
    }
}

/// <param name="At">When the first of them came.</param>
/// <param name="Count">So many.</param>
public readonly record struct HitCount(DateTimeOffset At, int Count);
