namespace EnhancedMta.Paths.Adaptation;

public enum PathMode
{
    /// <summary>The rule's figures hold.</summary>
    Normal,
    /// <summary>At least one ceiling is below the rule's; it is won back hour by hour.</summary>
    Reduced,
    /// <summary>Nothing is sent.</summary>
    Suspended,
    /// <summary>A suspension is over: a few messages on one connection find out how things stand.</summary>
    Probing,
}
