namespace EnhancedMta.Egresses;

/// <summary>How a message goes, or why it does not go now.</summary>
public abstract record EgressDecision
{
    private EgressDecision()
    {
    }

    /// <summary>It goes; where the egress has a warm-up, its budget was taken.</summary>
    public sealed record Goes(Egress Egress) : EgressDecision;

    /// <summary>Nothing can take it now.</summary>
    /// <param name="Until">When it should be looked at again.</param>
    /// <param name="Why">For people.</param>
    public sealed record Waits(DateTimeOffset Until, string Why) : EgressDecision;

    /// <summary>No egress is for the domain: the settings have to change before its mail can go.</summary>
    public sealed record NoneAllowed : EgressDecision
    {
        internal static NoneAllowed Instance { get; } = new();
    }
}
