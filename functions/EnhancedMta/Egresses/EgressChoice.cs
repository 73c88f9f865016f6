namespace EnhancedMta.Egresses;

/// <summary>Draws an egress by weight among those that are for the recipient's domain and not set aside.</summary>
public sealed class EgressChoice(IReadOnlyList<Egress> egresses, Random random)
{
    /// <summary>All that are configured.</summary>
    public IReadOnlyList<Egress> All => egresses;

    /// <summary>The one with this public id; null when it is no longer configured.</summary>
    public Egress? Find(int publicId)
    {
        foreach (var egress in egresses)
        {
            if (egress.PublicId == publicId)
                return egress;
        }
        return null;
    }

    /// <summary>Chooses for one message.</summary>
    /// <param name="domain">The recipient's, in lower case.</param>
    /// <param name="preferred">
    /// Public id of the egress that was greylisted: servers remember who knocked, so the message goes on from there whatever the weights
    /// say (RFC 6647 §2), unless that one is gone, no longer for the domain, or set aside.
    /// </param>
    /// <param name="asideUntil">Until when an egress is set aside (ill, its path suspended, its budget spent); null when it may be used.</param>
    public EgressPick Choose(string domain, int? preferred, Func<Egress, DateTimeOffset?> asideUntil)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(asideUntil);
        var free = new List<Egress>(egresses.Count);
        var weight = 0;
        EgressPick.AllAside? soonest = null;
        foreach (var egress in egresses)
        {
            if (!egress.Allows(domain))
                continue;
            if (asideUntil(egress) is { } until)
            {
                if (soonest is null || until < soonest.Until)
                    soonest = new EgressPick.AllAside(egress, until);
                continue;
            }
            if (egress.PublicId == preferred)
                return new EgressPick.Chosen(egress);
            free.Add(egress);
            weight += egress.Weight;
        }
        if (free.Count == 0)
            return soonest ?? (EgressPick)EgressPick.NoneAllowed.Instance;
        return new EgressPick.Chosen(free.Count == 1 ? free[0] : Draw(free, weight));
    }

    private Egress Draw(List<Egress> free, int weight)
    {
        int drawn;
        // A seeded Random is not made for several threads.
        lock (random)
            drawn = random.Next(weight);
        foreach (var egress in free)
        {
            drawn -= egress.Weight;
            if (drawn < 0)
                return egress;
        }
        return free[^1];
    }
}
