namespace EnhancedMta.LocalHost.Commands.Demo;

// What the demo reads of the API's answers.

internal sealed record DeclarationAnswer(string EffectiveValidityPeriod, string? ValidityPeriodCut, IReadOnlyList<string> Ignored);

internal sealed record MessagesAnswer(int Accepted, int Duplicates, int RejectedCount);

internal sealed record DeliveryAnswer(SummaryView Summary);

internal sealed record SummaryView(
    long ToDeliver, long Relayed, long Sent, long Failed, double SuccessPercent, long Delivered, double DeliveredPercent,
    long Queued, long WaitingForRetry, long SoftBounced, long Retried, long Expired, IReadOnlyList<FailureView> FailuresByReason)
{
    public bool IsFinal(int messages) => Relayed == messages && Delivered + Failed == messages;
}

internal sealed record FailureView(int Reason, string Label, long Count, double PercentOfErrors);

internal sealed record FeedAnswer(IReadOnlyList<FeedLine> Events, string Cursor, bool More);

internal sealed record FeedLine(string Id, string Type, string MessageId);

internal sealed record LogAnswer(IReadOnlyList<LogLine> Messages, string? Continuation);

internal sealed record LogLine(string MessageId, string To, string Status, string State, string? WaitsFor, DateTimeOffset? Next);

internal sealed record DeliveryStopped(long GoesOn);

internal sealed record PathsAnswer(IReadOnlyList<PathView> Paths);

internal sealed record PathView(string Id, string Site);
