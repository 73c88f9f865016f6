namespace EnhancedMta.Egresses;

/// <summary>Which egress a message takes.</summary>
public abstract record EgressPick
{
    private EgressPick()
    {
    }

    public sealed record Chosen(Egress Egress) : EgressPick;

    /// <summary>Each one that is for the domain is set aside for now.</summary>
    /// <param name="Soonest">The one to be free first.</param>
    /// <param name="Until">When.</param>
    public sealed record AllAside(Egress Soonest, DateTimeOffset Until) : EgressPick;

    /// <summary>No egress is for the domain: the settings have to change before its mail can go.</summary>
    public sealed record NoneAllowed : EgressPick
    {
        internal static NoneAllowed Instance { get; } = new();
    }
}
