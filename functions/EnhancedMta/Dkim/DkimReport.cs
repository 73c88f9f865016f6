namespace EnhancedMta.Dkim;

/// <summary>How a domain's mail is signed, and what to do next.</summary>
public sealed record DkimReport
{
    /// <summary>The one that was asked for.</summary>
    public required string Domain { get; init; }

    /// <summary><c>signed</c>, <c>unsigned</c> or <c>waits</c>.</summary>
    public required string Mail { get; init; }

    /// <summary>The <c>d=</c> tag: the domain or one above it. Null when its mail is not signed.</summary>
    public string? SigningDomain { get; init; }

    /// <summary>Why its mail waits or goes out unsigned.</summary>
    public string? Detail { get; init; }

    /// <summary>Its own, or the signing domain's.</summary>
    public required IReadOnlyList<SelectorReport> Selectors { get; init; }

    /// <summary>Keys that cannot be used, and why.</summary>
    public required IReadOnlyList<string> BrokenKeys { get; init; }
}

/// <summary>A selector, its record, and what the DNS shows of it now.</summary>
public sealed record SelectorReport
{
    public required string Selector { get; init; }

    public required string Algorithm { get; init; }

    public int? Bits { get; init; }

    public required SelectorPhase Phase { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>What to publish; null when the key is not there.</summary>
    public DkimRecord? Record { get; init; }

    /// <summary>What the name servers show.</summary>
    public RecordStatus? Seen { get; init; }

    public IReadOnlyList<ServerSight>? Servers { get; init; }

    /// <summary>How long the record of a selector that signs no more must stay.</summary>
    public DateTimeOffset? KeepRecordUntil { get; init; }

    /// <summary>What to do, or what happens next.</summary>
    public required string Next { get; init; }
}

/// <summary>What became of the wish for a new selector.</summary>
public abstract record RotationStart
{
    private RotationStart()
    {
    }

    /// <summary>It begins with this.</summary>
    public sealed record Begun(DkimReport Report) : RotationStart;

    /// <summary>One is under way, or the selector signs already.</summary>
    public sealed record UnderWay(DkimReport Report) : RotationStart;

    /// <summary>It cannot be done here; the reason says what can.</summary>
    public sealed record NotPossible(string Reason) : RotationStart;

    /// <summary>Not now: keys or states cannot be read.</summary>
    public sealed record NotNow(string Reason) : RotationStart;
}
