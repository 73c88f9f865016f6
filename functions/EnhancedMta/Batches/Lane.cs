namespace EnhancedMta.Batches;

/// <summary>Which queue a delivery's batches go through. Transactional mail never waits behind marketing.</summary>
public enum Lane
{
    Marketing,
    Transactional,
}
