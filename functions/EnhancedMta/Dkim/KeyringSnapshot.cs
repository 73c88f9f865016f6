namespace EnhancedMta.Dkim;

/// <summary>Keys and selectors' states at one moment, and how each domain's mail is signed by them.</summary>
internal sealed class KeyringSnapshot
{
    private readonly Dictionary<string, DkimKeyLookup> _lookups = new(StringComparer.OrdinalIgnoreCase);
    // Domains that have selectors and none that signs yet.
    private readonly Dictionary<string, string> _notYet = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlySet<string> _unsigned;
    private readonly string? _notRead;

    /// <param name="entries">All keys, older ones first.</param>
    /// <param name="states">Of the domains that have one; null while they are not read, when no key can be told to sign.</param>
    /// <param name="unsigned">As the settings say.</param>
    /// <param name="notRead">What could not be read so far, so that there may be more keys; null when all is known.</param>
    /// <param name="lastKnown">While keys cannot be read: what signed before goes on.</param>
    public KeyringSnapshot(
        IReadOnlyList<DkimKeyEntry> entries, IReadOnlyDictionary<string, DomainState>? states, IReadOnlySet<string> unsigned, string? notRead, KeyringSnapshot? lastKnown)
    {
        (Entries, States, _unsigned, _notRead) = (entries, states ?? new Dictionary<string, DomainState>(), unsigned, notRead);
        if (states is null)
            return;
        var byDomain = entries.ToLookup(entry => entry.Domain, StringComparer.Ordinal);
        foreach (var domain in Domains)
        {
            var lookup = LookUp(domain, [.. byDomain[domain]]);
            if (lookup is not DkimKeyLookup.Found && lastKnown?._lookups.GetValueOrDefault(domain) is DkimKeyLookup.Found earlier)
                lookup = earlier;
            if (lookup is not null)
                _lookups.Add(domain, lookup);
        }
    }

    public IReadOnlyList<DkimKeyEntry> Entries { get; }

    public IReadOnlyDictionary<string, DomainState> States { get; }

    /// <summary>Domains that have keys or a state.</summary>
    public IEnumerable<string> Domains => Entries.Select(entry => entry.Domain).Union(States.Keys, StringComparer.Ordinal);

    public bool IsComplete => _notRead is null;

    /// <summary>By the keys of the From domain, or of the closest domain above it (relaxed alignment, RFC 7489 §3.1.1).</summary>
    public DkimKeyLookup Find(string domain)
    {
        string? notYet = null;
        var closest = true;
        for (var name = domain; ; name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], closest = false)
        {
            // With keys unread there may be closer ones than any but the domain's own.
            if (_notRead is { } missing && !closest)
                return new DkimKeyLookup.NotUsable(domain, missing);
            if (_unsigned.Contains(name))
                return Unsigned;
            if (_lookups.TryGetValue(name, out var lookup) && (_notRead is null || lookup is DkimKeyLookup.Found))
                return lookup;
            notYet ??= _notYet.GetValueOrDefault(name);
            if (!name.Contains('.', StringComparison.Ordinal))
                break;
        }
        if (_notRead is not null)
            return new DkimKeyLookup.NotUsable(domain, _notRead);
        return _unsigned.Contains(DkimSettings.Any) ? Unsigned : new DkimKeyLookup.NotUsable(domain, notYet
            ?? $"There is no DKIM key for {domain} or a domain above it. Give one, or let its mail go out unsigned by {DkimSettings.UnsignedSetting}.");
    }

    /// <summary>A domain above this one has selectors already, so that its mail is signed while its own first key's record is looked for.</summary>
    public bool HasStateAbove(string domain)
    {
        for (var dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
        {
            if (States.TryGetValue(domain[(dot + 1)..], out var above) && above.In(SelectorPhase.Active).Any())
                return true;
        }
        return false;
    }

    private static DkimKeyLookup.GoesUnsigned Unsigned { get; } = new();

    // Null when nothing signs for the domain itself.
    private DkimKeyLookup? LookUp(string domain, IReadOnlyList<DkimKeyEntry> entries)
    {
        if (!States.TryGetValue(domain, out var state))
            return HasStateAbove(domain) ? null : First(domain, entries);
        var active = state.In(SelectorPhase.Active).OrderBy(selector => DkimAlgorithm.Order(selector.Algorithm)).ToList();
        if (active.Count == 0)
        {
            _notYet[domain] = $"No selector of {domain} signs yet: the record of {string.Join(", ", state.Selectors.Select(selector => DkimName.RecordName(domain, selector.Selector)))} must be seen first.";
            return null;
        }
        var keys = new List<DkimKey>(active.Count);
        foreach (var selector in active)
        {
            if (entries.FirstOrDefault(entry => entry.Key is { } key && selector.IsOf(key))?.Key is { } found)
                keys.Add(found);
            else
                return new DkimKeyLookup.NotUsable(domain, Missing(domain, selector, entries));
        }
        return new DkimKeyLookup.Found(keys);
    }

    /// <summary>Before anything is known of a domain, the first key of each algorithm signs: there is none that could go on meanwhile.</summary>
    private static DkimKeyLookup First(string domain, IReadOnlyList<DkimKeyEntry> entries)
    {
        if (entries.FirstOrDefault(entry => entry.Key is null) is { } broken)
            return new DkimKeyLookup.NotUsable(domain, broken.Fault!);
        return new DkimKeyLookup.Found([.. DkimAlgorithm.All.Select(algorithm => entries.FirstOrDefault(entry => entry.Key!.Algorithm == algorithm)?.Key).OfType<DkimKey>()]);
    }

    private static string Missing(string domain, SelectorState selector, IReadOnlyList<DkimKeyEntry> entries)
    {
        var name = DkimName.RecordName(domain, selector.Selector);
        if (entries.FirstOrDefault(entry => entry.Selector == selector.Selector) is not { } entry)
            return $"The key {name} signs and is not there any more. Bring it back, or give another: it signs once its record is seen.";
        return entry.Fault ?? $"The key {name} signs and is another one now. Bring the old one back, or publish the record of the new one: it signs once that is seen.";
    }
}
