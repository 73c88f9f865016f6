using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>What a path may do now.</summary>
/// <param name="Connections">Open at once; 0 while nothing may be sent.</param>
/// <param name="MessagesPerHour">Null for no limit; 0 while nothing may be sent.</param>
/// <param name="MessagesPerConnection">1 or more.</param>
/// <param name="Because">Why these are not the rule's own figures; the strictest reason.</param>
/// <param name="Until">When that ends or may ease, when a time is set for it.</param>
public readonly record struct PathLimits(int Connections, int? MessagesPerHour, int MessagesPerConnection, LimitReason Because, DateTimeOffset? Until)
{
    /// <summary>In one slice of five minutes.</summary>
    public const int ProbesPerSlice = 5;

    /// <summary>Nothing may be sent.</summary>
    public bool IsHeld => Connections == 0;

    /// <summary>Pure, and right also when nobody called <see cref="PathController.Next"/> for long.</summary>
    public static PathLimits Of(PathControl control, MxRule rule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(rule);
        var ceilings = CeilingsOf(control, rule, now);
        if (control.OperatorSuspension is { } held && held.Until > now)
            return Nothing(ceilings, LimitReason.OperatorSuspended, held.Until);
        if (control is { Mode: PathMode.Suspended, Suspension: { } suspension } && suspension.Until > now)
            return Nothing(ceilings, LimitReason.Suspended, suspension.Until);
        if (control.Backoff is { } backoff)
            return backoff.Until > now ? Nothing(ceilings, LimitReason.Backoff, backoff.Until) : Little(ceilings, LimitReason.Backoff);
        return control.Mode is PathMode.Suspended or PathMode.Probing ? Little(ceilings, LimitReason.Probing) : ceilings;
    }

    /// <summary>The figures alone, as if nothing were suspended or probed.</summary>
    internal static PathLimits CeilingsOf(PathControl control, MxRule rule, DateTimeOffset now)
    {
        var set = control.Override is { } o && o.Until > now ? o : null;
        var until = new[] { control.Connections?.Until, control.MessagesPerHour?.Until, control.MessagesPerConnection?.Until }.Max();
        return new PathLimits(
            set?.Connections ?? Adapted(CeilingKind.Connections)!.Value,
            set?.MessagesPerHour ?? Adapted(CeilingKind.MessagesPerHour),
            set?.MessagesPerConnection ?? Adapted(CeilingKind.MessagesPerConnection)!.Value,
            set is not null ? LimitReason.OperatorOverride : control.HasCeilings ? LimitReason.Adapted : LimitReason.Rule,
            set?.Until ?? until);

        int? Adapted(CeilingKind kind)
        {
            var bounds = CeilingBounds.Of(rule, kind);
            return control.Ceiling(kind) is { } ceiling ? bounds.Clamp(ceiling.Value) : bounds.Max;
        }
    }

    private static PathLimits Nothing(PathLimits ceilings, LimitReason because, DateTimeOffset until) =>
        ceilings with { Connections = 0, MessagesPerHour = 0, Because = because, Until = until };

    private static PathLimits Little(PathLimits ceilings, LimitReason because) => new(
        1, Math.Min(ceilings.MessagesPerHour ?? int.MaxValue, ProbesPerSlice * RecentTraffic.Slices), Math.Min(ceilings.MessagesPerConnection, ProbesPerSlice), because, null);
}

/// <summary>Where a path's limits come from.</summary>
public enum LimitReason
{
    Rule,
    /// <summary>Adaptation lowered at least one.</summary>
    Adapted,
    OperatorOverride,
    /// <summary>A suspension is over and being probed.</summary>
    Probing,
    /// <summary>Nothing gets through: left alone, or tried with little.</summary>
    Backoff,
    Suspended,
    OperatorSuspended,
}
