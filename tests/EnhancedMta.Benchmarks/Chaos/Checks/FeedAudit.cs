using System.Text.Json;
using EnhancedMta.Benchmarks.Chaos.FeedbackFaults;
using EnhancedMta.Benchmarks.Chaos.Load;

namespace EnhancedMta.Benchmarks.Chaos.Checks;

/// <summary>The feed as it is told: pulled from its beginning, and pushed. Each event of the log is in it once, in order.</summary>
internal sealed class FeedAudit(Campaign campaign, FeedbackReceiver receiver, long events)
{
    private const int Limit = 1_000;

    private readonly Findings _findings = new();
    private readonly Dictionary<string, List<string>> _pulled = new(StringComparer.Ordinal);

    /// <summary>Events that were pulled.</summary>
    public int Pulled { get; private set; }

    /// <returns>One line for each thing that is not as it must be.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        await PullAsync(cancellationToken);
        if (Pulled != events)
            _findings.Add("the feed is not complete", $"{Pulled} events can be pulled, the log has {events}");
        var pushed = receiver.Taken;
        foreach (var (delivery, ids) in _pulled)
        {
            var taken = pushed.GetValueOrDefault(delivery, []);
            var missing = ids.Except(taken, StringComparer.Ordinal).Count();
            if (missing > 0)
                _findings.Add("events were not pushed", $"{delivery}: {missing} of {ids.Count}");
            else if (!taken.SequenceEqual(ids, StringComparer.Ordinal))
                _findings.Add("events were pushed in another order than they are in the feed", delivery);
        }

        return _findings.Lines;
    }

    private async Task PullAsync(CancellationToken cancellationToken)
    {
        var (cursor, last) = ("", "");
        while (true)
        {
            var page = await campaign.GetAsync($"api/feedback?limit={Limit}&cursor={Uri.EscapeDataString(cursor)}", cancellationToken);
            foreach (var happened in page.GetProperty("events").EnumerateArray())
            {
                var (id, delivery) = (Text(happened, "id"), Text(happened, "deliveryId"));
                if (string.CompareOrdinal(id, last) <= 0)
                    _findings.Add("the feed's ids do not rise", $"{id} after {last}");
                last = id;
                Pulled++;
                if (!_pulled.TryGetValue(delivery, out var ids))
                    _pulled[delivery] = ids = [];
                ids.Add(id);
            }

            cursor = Text(page, "cursor");
            if (!page.GetProperty("more").GetBoolean())
                return;
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
