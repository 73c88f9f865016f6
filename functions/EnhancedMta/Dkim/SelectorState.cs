using Azure;

namespace EnhancedMta.Dkim;

/// <summary>Where a selector stands in a rotation.</summary>
public enum SelectorPhase
{
    /// <summary>Its key is being made.</summary>
    Making,
    /// <summary>Its record must be seen before it signs.</summary>
    Pending,
    /// <summary>Signs.</summary>
    Active,
    /// <summary>Signs no more; its record must stay for mail that is still on its way.</summary>
    Retiring,
    /// <summary>Its record may be removed.</summary>
    Retired,
}

/// <summary>A selector of a domain, as all processes know it. Nothing in it is secret.</summary>
/// <param name="Selector">The <c>s=</c> tag.</param>
/// <param name="Algorithm">Of its key.</param>
/// <param name="Fingerprint">Of its key; empty while that is being made. Another key under the same name is another selector.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Since">Since when.</param>
public sealed record SelectorState(string Selector, string Algorithm, string Fingerprint, SelectorPhase Phase, DateTimeOffset Since)
{
    /// <summary>Looks at its record in a row that found it right.</summary>
    public int Right { get; init; }

    /// <summary>Looks in a row that found it missing or wrong.</summary>
    public int Wrong { get; init; }

    public DateTimeOffset? Looked { get; init; }

    /// <summary>What the last look found.</summary>
    public RecordStatus? Seen { get; init; }

    /// <summary>What is wrong with what it found.</summary>
    public string? Detail { get; init; }

    internal bool IsOf(DkimKey key) => Selector == key.Selector && Fingerprint == key.Fingerprint;
}

/// <summary>The selectors of a domain.</summary>
/// <param name="Domain">Lower case, A-labels.</param>
/// <param name="Selectors">In the order in which they came.</param>
public sealed record DomainState(string Domain, IReadOnlyList<SelectorState> Selectors)
{
    /// <summary>Of the row that it was read from; none when there was none.</summary>
    internal ETag Tag { get; init; }

    internal IEnumerable<SelectorState> In(SelectorPhase phase) => Selectors.Where(selector => selector.Phase == phase);

    /// <summary>Another selector in the place of one.</summary>
    internal DomainState With(SelectorState old, SelectorState now) => this with { Selectors = [.. Selectors.Select(known => ReferenceEquals(known, old) ? now : known)] };

    internal DomainState Without(SelectorState old) => this with { Selectors = [.. Selectors.Where(known => !ReferenceEquals(known, old))] };
}
