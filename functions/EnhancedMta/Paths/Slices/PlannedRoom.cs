namespace EnhancedMta.Paths.Slices;

/// <summary>Messages that are to come back in a later slice.</summary>
/// <param name="Slice">Which one.</param>
/// <param name="Due">When in it: what shares a slice is spread over its first minutes.</param>
/// <param name="Count">How many.</param>
public readonly record struct PlannedRoom(Slice Slice, DateTimeOffset Due, int Count);
