using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>How many messages may go now, and when the others should come back.</summary>
/// <param name="Now">They may go.</param>
/// <param name="Slice">The slice that those belong to; null when the path has no limit in messages.</param>
/// <param name="Later">The others, in the order of time. Their counts and <paramref name="Now"/> make up the demand.</param>
/// <param name="Why">What binds, for people; null when all may go.</param>
internal sealed record Admission(int Now, Slice? Slice, IReadOnlyList<LaterMessages> Later, string? Why)
{
    public static Admission All(int count, Slice? slice) => new(count, slice, [], null);

    /// <summary>Nothing may go until then.</summary>
    public static Admission Held(int count, PathHold hold) => new(0, null, [new LaterMessages(hold.Until, null, count)], $"the path: {hold.Why}");
}

/// <param name="Due">When they should come back.</param>
/// <param name="Slice">The slice in which room is planned for them; null when none is.</param>
/// <param name="Count">How many.</param>
internal readonly record struct LaterMessages(DateTimeOffset Due, Slice? Slice, int Count);
