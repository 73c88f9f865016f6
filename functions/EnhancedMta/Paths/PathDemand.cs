using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>Messages of one delivery that would go by a path now.</summary>
/// <param name="Party">Whose.</param>
/// <param name="Count">How many.</param>
/// <param name="Returning">Those among them that had planned to come in the slice that is now.</param>
/// <param name="Expires">End of their validity.</param>
internal readonly record struct PathDemand(Party Party, int Count, int Returning, DateTimeOffset Expires)
{
    /// <summary>They were put off before. Several batches of them share a place among those that a process works on, so that they may wait in it for longer.</summary>
    public bool WasPutOff { get; init; }
}
