using EnhancedMta.SendingLog;

namespace EnhancedMta.Relaying;

/// <summary>Cuts outcomes into transactions. Messages that wait for the same minute stay together as long as they fit: each part of them is a batch of its own from then on.</summary>
internal static class SettlementChunks
{
    /// <summary>Rows of a transaction, less counters, minute, page and the batch's own.</summary>
    internal const int MaxRows = LogChange.MaxRows - LogChange.OwnRows - 1;

    /// <param name="outcomes">To be settled.</param>
    /// <param name="room">Rows that a transaction takes of them and their batches.</param>
    public static IEnumerable<Outcome[]> Cut(IReadOnlyList<Outcome> outcomes, int room = MaxRows)
    {
        // What is final costs a row, what waits for a minute costs one more for its batch.
        var chunk = new List<Outcome>(outcomes.Count);
        var rows = 0;
        foreach (var (group, batches) in outcomes.GroupBy(Minute).SelectMany(g => Parts([.. g], g.Key is null ? 0 : 1, room)))
        {
            if (chunk.Count > 0 && rows + group.Length + batches > room)
            {
                yield return [.. chunk];
                chunk.Clear();
                rows = 0;
            }

            chunk.AddRange(group);
            rows += group.Length + batches;
        }

        if (chunk.Count > 0)
            yield return [.. chunk];
    }

    /// <summary>The minute for which a message waits; null for one that is done.</summary>
    public static long? Minute(Outcome outcome) =>
        outcome.State == MessageState.Waiting ? (outcome.Due!.Value.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute : null;

    // Of equal size: a batch of a single message costs as much as any.
    private static IEnumerable<(Outcome[] Group, int Batches)> Parts(Outcome[] group, int batches, int room)
    {
        var parts = (group.Length + room - batches - 1) / (room - batches);
        return group.Chunk((group.Length + parts - 1) / parts).Select(part => (part, batches));
    }
}
