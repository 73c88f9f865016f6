namespace EnhancedMta.Qualification;

/// <summary>Campaign's failure types.</summary>
public enum FailureType
{
    /// <summary>The address is wrong for good: quarantined by Campaign at once.</summary>
    Hard,
    /// <summary>May pass: retried here until the validity period ends.</summary>
    Soft,
    /// <summary>Says nothing about the address.</summary>
    Ignored,
}
