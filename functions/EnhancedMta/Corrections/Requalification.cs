using EnhancedMta.BounceRules;
using EnhancedMta.Deliveries;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Corrections;

/// <summary>
/// Runs a rule set over the verdicts of a period and tells what would move; confirmed, it corrects logs and KPIs and issues corrected events.
/// Works partition after partition, so that a large log is gone through in several calls, each bounded in time.
/// </summary>
public sealed class Requalification(DeliveryStore deliveries, LogReader log, VerdictCorrections corrections, TimeProvider clock)
{
    private const int MaxSamples = 3;

    // What is kept of one partition before it is corrected: bounds memory, whatever the size of a partition.
    private const int Page = 900;

    /// <param name="scope">Which verdicts.</param>
    /// <param name="rules">Asked anew.</param>
    /// <param name="confirm">Correct what moves.</param>
    /// <param name="report">Takes what was found; goes on over several calls.</param>
    /// <param name="continuation">Of the call before.</param>
    /// <param name="limit">Ends the call after the partition at hand.</param>
    /// <param name="cancellationToken">Ends it at once; what is corrected is.</param>
    /// <returns>Where to go on; null when all is done.</returns>
    /// <exception cref="FormatException">Not a continuation of ours.</exception>
    public async Task<string?> RunAsync(
        RequalificationScope scope, BounceRuleSet rules, bool confirm, RequalificationReport report, string? continuation, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(report);
        var began = clock.GetTimestamp();
        var from = Position.Parse(continuation);
        await foreach (var delivery in DeliveriesAsync(scope, from.DeliveryId, cancellationToken).ConfigureAwait(false))
        {
            for (var shard = delivery.Id == from.DeliveryId ? from.Shard : 0; shard < delivery.Shards; shard++)
            {
                if (clock.GetElapsedTime(began) > limit)
                    return new Position(delivery.Id, shard).ToString();
                await PartitionAsync(new LogPartition(delivery.Id, shard), scope, rules, confirm, report, cancellationToken).ConfigureAwait(false);
            }
        }
        return null;
    }

    private async Task PartitionAsync(
        LogPartition partition, RequalificationScope scope, BounceRuleSet rules, bool confirm, RequalificationReport report, CancellationToken cancellationToken)
    {
        var moving = new List<(RecordedVerdict Old, Verdict New)>();
        await foreach (var message in log.FailedAsync(partition, scope.From, scope.To, cancellationToken).ConfigureAwait(false))
        {
            report.Looked++;
            if (RecordedVerdict.Of(message) is not { } recorded)
                continue;
            var verdict = rules.Decide(recorded.Reply, recorded.MxHost);
            if (!recorded.Differs(verdict))
                continue;
            report.Add(recorded, verdict, MaxSamples);
            if (confirm)
                moving.Add((recorded, verdict));
            if (moving.Count >= Page)
                await CorrectAsync().ConfigureAwait(false);
        }
        await CorrectAsync().ConfigureAwait(false);

        async Task CorrectAsync()
        {
            if (moving.Count == 0)
                return;
            var (corrected, unquarantined) = await corrections.ApplyAsync(partition, moving, $"rules {rules.Version}", cancellationToken).ConfigureAwait(false);
            report.Corrected += corrected;
            report.Unquarantined += unquarantined;
            moving.Clear();
        }
    }

    private async IAsyncEnumerable<Delivery> DeliveriesAsync(
        RequalificationScope scope, string? from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (scope.DeliveryId is { } id)
        {
            if (await deliveries.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } one)
                yield return one;
            yield break;
        }
        await foreach (var delivery in deliveries.AllAsync(from, cancellationToken).ConfigureAwait(false))
        {
            // What was declared after the period has no verdicts in it.
            if (delivery.Declared <= scope.To)
                yield return delivery;
        }
    }

    private readonly record struct Position(string? DeliveryId, int Shard)
    {
        public static Position Parse(string? text)
        {
            if (string.IsNullOrEmpty(text))
                return default;
            try
            {
                var partition = LogPartition.Parse(text);
                return new Position(partition.DeliveryId, partition.Shard);
            }
            catch (FormatException)
            {
                throw new FormatException("Not a continuation of ours.");
            }
        }

        public override string ToString() => new LogPartition(DeliveryId!, Shard).Key;
    }
}

/// <param name="From">Verdicts of messages that last changed from here.</param>
/// <param name="To">To here.</param>
/// <param name="DeliveryId">Of this delivery only; null for all.</param>
public sealed record RequalificationScope(DateTimeOffset From, DateTimeOffset To, string? DeliveryId);
