using EnhancedMta.Benchmarks.Chaos.Load;
using EnhancedMta.Deliveries;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Benchmarks.Chaos.Checks;

/// <summary>Holds what was accepted against the sending log, and the log against what the sink took.</summary>
internal sealed class Audit(StorageAccount storage, SinkLedger sink, IReadOnlyList<Mailing> mailings)
{
    private readonly Findings _findings = new();
    private long _delivered;
    private long _failed;
    private int _lost;
    private long _duplicates;
    private long _possible;
    private long _events;

    /// <param name="explained">Faults after which a message may come twice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditResult> RunAsync(int explained, CancellationToken cancellationToken)
    {
        foreach (var mailing in mailings)
            await DeliveryAsync(mailing, cancellationToken);
        if (_duplicates > 0 && explained == 0)
            _findings.Add("messages came twice, and no fault explains it", $"{_duplicates}");
        return new AuditResult
        {
            Accepted = mailings.Sum(mailing => mailing.Accepted.Count),
            Delivered = _delivered,
            Failed = _failed,
            Lost = _lost,
            Duplicates = _duplicates,
            PossibleRepeats = _possible,
            Events = _events,
            Findings = _findings.Lines,
        };
    }

    private async Task DeliveryAsync(Mailing mailing, CancellationToken cancellationToken)
    {
        var delivery = await new DeliveryStore(storage.Deliveries, TimeProvider.System).FindAsync(mailing.Id, cancellationToken);
        if (delivery is null)
        {
            _findings.Add("a delivery is not known", mailing.Id);
            return;
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var partition in delivery.Partitions)
        {
            var audit = new PartitionAudit(partition, _findings);
            await audit.ReadAsync(storage.Log, cancellationToken);
            known.UnionWith(audit.Rows.Keys);
            Compare(mailing, partition, audit);
        }

        foreach (var id in mailing.Accepted.Where(id => !known.Contains(id)))
            Lose("an accepted message is not in the log", $"{mailing.Id}/{id}");
    }

    private void Compare(Mailing mailing, LogPartition partition, PartitionAudit audit)
    {
        var duplicates = 0;
        foreach (var (id, row) in audit.Rows)
        {
            if (!mailing.Offered.TryGetValue(id, out var to))
            {
                _findings.Add("the log has a message that nobody relayed", $"{mailing.Id}/{id}");
                continue;
            }

            var taken = sink.Recipients.GetValueOrDefault(to)?.Accepted ?? 0;
            duplicates += Math.Max(0, taken - 1);
            Judge($"{mailing.Id}/{id} to {to}", row, RecipientKind.Of(to), taken);
        }

        if (duplicates > audit.Counters.PossibleRepeats)
            _findings.Add("more messages came twice than are counted as possible repeats", $"{partition.Key}: {duplicates}, {audit.Counters.PossibleRepeats} are counted");
        _duplicates += duplicates;
        _possible += audit.Counters.PossibleRepeats;
        _delivered += audit.Counters.Delivered;
        _failed += audit.Counters.Failed;
        _events += audit.Events;
    }

    private void Judge(string which, MessageRow row, RecipientKind kind, int taken)
    {
        if (!row.State.IsFinal())
            Lose("a message is not final", $"{which}: {row.State} since {row.Updated:u}, waits for {row.WaitsFor}, next {row.Next:u}, batch {row.BatchId}");
        else if (row.State == MessageState.Delivered && taken == 0)
            Lose("a message is delivered by the log, and never came", which);
        else if (kind.IsDelivered != (row.State == MessageState.Delivered))
            _findings.Add("a message ended otherwise than its recipient would have it", $"{which}: {row.State}, {row.Reason} {row.Rule} {row.Reply}");
        else if (!kind.IsDelivered && taken > 0)
            _findings.Add("a message failed by the log, and came", which);
    }

    private void Lose(string kind, string which)
    {
        _lost++;
        _findings.Add(kind, which);
    }
}
