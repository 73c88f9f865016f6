using EnhancedMta.Batches;

namespace EnhancedMta.Ingestion;

/// <summary>Gathers the warnings of one request. For its reader only.</summary>
/// <param name="lane">Nobody unsubscribes from what they have ordered: transactional mail needs no such field.</param>
internal sealed class RelayWarnings(Lane lane)
{
    private readonly SortedDictionary<UnsubscribeFault, (int Count, List<string> First)> _unsubscribe = [];

    public void See(IncomingMessage message)
    {
        if (lane == Lane.Transactional || message.Unsubscribe == UnsubscribeFault.None)
            return;
        var (count, first) = _unsubscribe.TryGetValue(message.Unsubscribe, out var known) ? known : (0, []);
        if (first.Count < RelayWarning.MaxListed)
            first.Add(message.MessageId);
        _unsubscribe[message.Unsubscribe] = (count + 1, first);
    }

    public IReadOnlyList<RelayWarning> List() =>
        [.. _unsubscribe.Select(w => new RelayWarning(Code(w.Key), Text(w.Key), w.Value.Count, [.. w.Value.First]))];

    private static string Code(UnsubscribeFault fault) => fault switch
    {
        UnsubscribeFault.NoField => "no-list-unsubscribe",
        UnsubscribeFault.NoHttps => "list-unsubscribe-without-https",
        UnsubscribeFault.NoPost => "no-one-click-unsubscribe",
        _ => "list-unsubscribe-twice",
    };

    private static string Text(UnsubscribeFault fault) => fault switch
    {
        UnsubscribeFault.NoField => "Marketing messages have no List-Unsubscribe field. Large providers refuse or file as spam what cannot be unsubscribed from by one click: "
            + "add List-Unsubscribe with an https URI, and List-Unsubscribe-Post: List-Unsubscribe=One-Click (RFC 8058).",
        UnsubscribeFault.NoHttps => "List-Unsubscribe of marketing messages has no https URI in angle brackets, so that nobody can unsubscribe by one click: add one beside the mailto (RFC 8058 §3.1).",
        UnsubscribeFault.NoPost => "Marketing messages have no field List-Unsubscribe-Post with exactly the value List-Unsubscribe=One-Click, so that their https URI is not used for one click (RFC 8058 §3.1).",
        _ => "Marketing messages have List-Unsubscribe or List-Unsubscribe-Post twice, and nobody knows which one is used: leave one of each (RFC 2369).",
    };
}
