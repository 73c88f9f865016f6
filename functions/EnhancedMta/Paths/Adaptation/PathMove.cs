using System.Text.Json;
using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>A change of a path's state, as it is kept for people.</summary>
/// <param name="At">When.</param>
/// <param name="From">Mode before.</param>
/// <param name="To">Mode after.</param>
/// <param name="Cause">Why.</param>
public sealed record PathMove(DateTimeOffset At, PathMode From, PathMode To, MoveCause Cause)
{
    /// <summary>Null when it did not change.</summary>
    public CeilingChange? Connections { get; init; }

    /// <inheritdoc cref="Connections"/>
    public CeilingChange? MessagesPerHour { get; init; }

    /// <inheritdoc cref="Connections"/>
    public CeilingChange? MessagesPerConnection { get; init; }

    /// <summary>The trigger's id, our error's name, or the operator's reason.</summary>
    public string? By { get; init; }

    /// <summary>A reply that led to it, cut to 512 characters.</summary>
    public string? Sample { get; init; }

    /// <summary>Until when it holds at least; null when no time is set for it.</summary>
    public DateTimeOffset? Until { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, AdaptationFormat.Json.PathMove);

    /// <summary>What <see cref="ToJson"/> wrote; null for what cannot be read.</summary>
    public static PathMove? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AdaptationFormat.Json.PathMove);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static PathMove Between(PathControl before, DateTimeOffset then, PathControl after, DateTimeOffset now, MxRule rule, MoveCause cause)
    {
        var (from, to) = (PathLimits.CeilingsOf(before, rule, then), PathLimits.CeilingsOf(after, rule, now));
        return new PathMove(now, before.ModeAt(then), after.ModeAt(now), cause)
        {
            Connections = CeilingChange.Of(from.Connections, to.Connections),
            MessagesPerHour = CeilingChange.Of(from.MessagesPerHour, to.MessagesPerHour),
            MessagesPerConnection = CeilingChange.Of(from.MessagesPerConnection, to.MessagesPerConnection),
        };
    }
}

/// <summary>Null for no limit.</summary>
public sealed record CeilingChange(int? From, int? To)
{
    internal static CeilingChange? Of(int? from, int? to) => from == to ? null : new(from, to);
}

/// <summary>A path's new state, and what changed for people to see. No moves when nothing did.</summary>
public sealed record PathStep(PathControl Control, IReadOnlyList<PathMove> Moves);
