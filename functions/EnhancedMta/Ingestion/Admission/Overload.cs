namespace EnhancedMta.Ingestion.Admission;

/// <summary>What there is too much of.</summary>
public enum OverloadBound
{
    /// <summary>Messages that wait to be relayed; in seconds until a new one's turn.</summary>
    QueueWait,
    /// <summary>Requests that are being read; in octets.</summary>
    RequestMemory,
    /// <summary>Of everything in this process; in octets.</summary>
    ProcessMemory,
}

/// <param name="Bound">Which one was hit.</param>
/// <param name="Measured">How much there is, or would be with this request.</param>
/// <param name="Limit">How much there may be.</param>
public sealed record Overload(OverloadBound Bound, double Measured, double Limit);
