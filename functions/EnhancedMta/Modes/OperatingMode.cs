namespace EnhancedMta.Modes;

/// <summary>Who sends. One for all instances; never two at once.</summary>
public enum OperatingMode
{
    /// <summary>We do.</summary>
    Enhanced,
    /// <summary>Nobody does: what comes is accepted and held.</summary>
    Maintenance,
    /// <summary>Campaign's own MTA does: all goes to it as smarthost, unsigned and unshaped.</summary>
    Native,
}
