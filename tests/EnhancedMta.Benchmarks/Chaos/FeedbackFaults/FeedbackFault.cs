namespace EnhancedMta.Benchmarks.Chaos.FeedbackFaults;

/// <summary>What may happen to feedback that is pushed.</summary>
internal enum FeedbackFault
{
    /// <summary>500, and it did not take it.</summary>
    Error,
    /// <summary>The connection breaks before it takes it.</summary>
    Cut,
    /// <summary>It takes it, and the connection breaks before it says so.</summary>
    AnswerLost,
    /// <summary>It takes it after a while.</summary>
    Slow,
}

internal static class FeedbackFaultNames
{
    /// <summary>As the report tells it.</summary>
    public static Fault Of(FeedbackFault fault) => new("feedback endpoint", fault switch
    {
        FeedbackFault.Error => "500",
        FeedbackFault.Cut => "connection cut",
        FeedbackFault.AnswerLost => "answer lost",
        _ => "slow",
    });
}
