namespace EnhancedMta.Paths.Adaptation;

/// <summary>Why a path's state changed.</summary>
public enum MoveCause
{
    /// <summary>Words of the remote that one of the rule's triggers knows.</summary>
    Trigger,
    /// <summary>The share of replies that ask for less, whatever their words.</summary>
    Throttled,
    /// <summary>The share of 4xx replies that are not about the address.</summary>
    Deferrals,
    /// <summary>The share of refusals for spam, reputation or policy.</summary>
    Blocks,
    /// <summary>The share of recipients that complained.</summary>
    Complaints,
    /// <summary>No session could be had.</summary>
    SessionFailures,
    /// <summary>Sessions can be had, but every message is put off.</summary>
    TakesNothing,
    /// <summary>A session, or a message, got through again.</summary>
    WorksAgain,
    /// <summary>What the probes after a suspension met.</summary>
    Probes,
    /// <summary>A suspension or an override ran out, or a quiet hour won something back.</summary>
    TimePassed,
    /// <summary>Somebody said so.</summary>
    Operator,
    /// <summary>The rule's own figures changed.</summary>
    Rule,
}
