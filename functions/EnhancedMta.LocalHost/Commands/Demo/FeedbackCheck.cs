using System.Diagnostics;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Holds what was pushed against what can be pulled, and both against the mailing: each message has its beginning and its end.</summary>
internal sealed class FeedbackCheck(DemoWorld world, Mailing mailing)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Ends = ["delivered", "hard", "expired"];

    /// <summary>Waits until all was told.</summary>
    /// <returns>What is wrong; null when every event came, once and in order.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var fault = Fault(await world.Api.FeedbackAsync(mailing.DeliveryId, cancellationToken), world.Feedback.Events);
            if (fault is null || Stopwatch.GetElapsedTime(began) > Limit)
                return fault;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private string? Fault(IReadOnlyList<FeedLine> feed, IReadOnlyList<string> pushed)
    {
        var untold = mailing.Messages.Count - feed.Where(e => e.Type == "relayed").Select(e => e.MessageId).Distinct().Count();
        var unended = mailing.Messages.Count - feed.Where(e => Ends.Contains(e.Type)).Select(e => e.MessageId).Distinct().Count();
        if (untold > 0 || unended > 0)
            return FormattableString.Invariant($"feedback: {untold} messages without a beginning, {unended} without an end");
        return feed.Select(e => e.Id).SequenceEqual(pushed, StringComparer.Ordinal)
            ? world.Feedback.Refused > 0 ? FormattableString.Invariant($"feedback: {world.Feedback.Refused} batches were not signed as they should be") : null
            : FormattableString.Invariant($"feedback: {feed.Count} events can be pulled, {pushed.Count} were pushed, or in another order");
    }
}
