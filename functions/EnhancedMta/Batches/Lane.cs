namespace EnhancedMta.Batches;

/// <summary>Which queue a delivery's batches go through. Transactional mail never waits behind marketing.</summary>
public enum Lane
{
    Marketing,
    Transactional,
}

public static class Lanes
{
    /// <summary>As metrics and traces have it.</summary>
    public static string Word(this Lane lane) => lane == Lane.Transactional ? "transactional" : "marketing";
}
