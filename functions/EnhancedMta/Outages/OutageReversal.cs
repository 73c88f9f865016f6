using Azure;
using Azure.Data.Tables;
using EnhancedMta.Corrections;
using EnhancedMta.Deliveries;
using EnhancedMta.Providers;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Outages;

/// <summary>
/// Takes back the verdicts that were given before an outage was recognised: the messages stay Failed, their addresses come out of quarantine.
/// </summary>
public sealed class OutageReversal(TableClient table, DeliveryStore deliveries, LogReader log, VerdictCorrections corrections, ProviderDirectory providers, TimeProvider clock)
{
    // Refusals of the window in which the outage was recognised, and of the one before.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(20);

    /// <summary>Goes on with each outage that is known to have been one, within <paramref name="limit"/>.</summary>
    /// <returns>How many verdicts were taken back.</returns>
    public async Task<int> RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var reversed = 0;
        var query = $"PartitionKey eq '{SiteRow.Partition}' and {nameof(HoldState)} eq '{HoldState.WasOutage}'";
        await foreach (var row in table.QueryAsync<TableEntity>(query, cancellationToken: cancellationToken).ConfigureAwait(false))
            reversed += await RunAsync(SiteRow.Read(row), limit, cancellationToken).ConfigureAwait(false);
        return reversed;
    }

    private async Task<int> RunAsync(SiteRow site, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Each partition's corrections are transactions; dying between two goes on with the rest, because a corrected row is no candidate any more.
        var began = clock.GetTimestamp();
        var now = clock.GetUtcNow();
        var reversed = 0;
        await foreach (var delivery in deliveries.AllAsync(site.Reversal, cancellationToken).ConfigureAwait(false))
        {
            if (clock.GetElapsedTime(began) > limit)
            {
                await NoteAsync(site, delivery.Id, null, cancellationToken).ConfigureAwait(false);
                return reversed;
            }
            if (delivery.Declared > now)
                continue;
            for (var shard = 0; shard < delivery.Shards; shard++)
                reversed += await PartitionAsync(site, new LogPartition(delivery.Id, shard), now, cancellationToken).ConfigureAwait(false);
        }
        await NoteAsync(site, null, HoldState.Reversed, cancellationToken).ConfigureAwait(false);
        return reversed;
    }

    private async Task<int> PartitionAsync(SiteRow site, LogPartition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var meaning = ClassMeanings.Of(ReplyClass.Held);
        var wrong = new List<(RecordedVerdict, Verdict)>();
        await foreach (var message in log.FailedAsync(partition, site.Hold!.Since - Before, now, cancellationToken).ConfigureAwait(false))
        {
            if (message.Class != ReplyClass.UnknownUser || RecordedVerdict.Of(message) is not { } recorded || !IsOf(site, recorded.MxHost))
                continue;
            wrong.Add((recorded, new Verdict(meaning.Type, meaning.Reason, meaning.Code, ReplyClass.Held, OutageGuard.RuleId, Final: true)));
        }
        return wrong.Count == 0 ? 0 : (await corrections.ApplyAsync(partition, wrong, $"outage of {site.Name}", cancellationToken).ConfigureAwait(false)).Corrected;
    }

    private bool IsOf(SiteRow site, string? mxHost) =>
        mxHost is not null && (site.Hosts.Count > 0 ? site.Hosts.Contains(mxHost, StringComparer.OrdinalIgnoreCase) : providers.Find(mxHost)?.Name == site.Key);

    private async Task NoteAsync(SiteRow site, string? reversal, HoldState? state, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await table.GetEntityAsync<TableEntity>(SiteRow.Partition, site.Key, null, cancellationToken).ConfigureAwait(false);
            var now = SiteRow.Read(row.Value);
            var after = now with { Reversal = reversal, Hold = now.Hold is { } hold && state is { } known ? hold with { State = known } : now.Hold };
            try
            {
                await table.UpdateEntityAsync(after.ToRow(clock.GetUtcNow()), row.Value.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException e) when (e.Status == 412)
            {
                // A process exchanged meanwhile.
            }
        }
    }
}
