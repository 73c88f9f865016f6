using EnhancedMta.Egresses;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.TlsReports;

/// <summary>Counts the sessions of domains that want to hear of them, until they are written down.</summary>
internal sealed class TlsTally(TimeProvider clock)
{
    /// <summary>Kinds of failures of one domain that are told apart between two writings; a hostile server could make up any number.</summary>
    public const int MaxKinds = 16;

    // A row must hold MaxKinds of them.
    private const int LongestText = 400;

    private readonly Lock _lock = new();
    private Dictionary<(DateOnly Day, string Domain), Dictionary<TlsCount, long>> _counts = [];

    public void Add(DomainPolicy? policy, Egress egress, IReadOnlyList<TlsSession> sessions)
    {
        if (policy is not { IsReported: true } || sessions.Count == 0)
            return;
        // RFC 8460 §4.1: days are UTC's.
        var key = (DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), policy.Domain);
        lock (_lock)
        {
            if (!_counts.TryGetValue(key, out var counts))
                _counts[key] = counts = [];
            foreach (var session in sessions)
            {
                var count = Count(session, egress);
                if (counts.Count >= MaxKinds && !counts.ContainsKey(count))
                    count = count with { MxHost = null, ReceivingIp = null, SendingIp = null, Detail = null };
                counts[count] = counts.GetValueOrDefault(count) + 1;
            }
        }
    }

    /// <summary>What was counted since the last call, by day and domain.</summary>
    public IReadOnlyDictionary<(DateOnly Day, string Domain), IReadOnlyList<CountedSessions>> Take()
    {
        Dictionary<(DateOnly, string), Dictionary<TlsCount, long>> taken;
        lock (_lock)
            (taken, _counts) = (_counts, []);
        return taken.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<CountedSessions>)[.. pair.Value.Select(count => new CountedSessions(count.Key, count.Value))]);
    }

    private static TlsCount Count(TlsSession session, Egress egress)
    {
        var type = session.Policy?.Kind switch { PolicyKind.Tlsa => "tlsa", PolicyKind.Sts => "sts", _ => "no-policy-found" };
        var count = new TlsCount(type, Cut(string.Join('\n', session.Policy?.Text ?? [])), Cut(string.Join('\n', session.Policy?.Mx ?? [])), null, null, null, null, null);
        return session.Failure is not { } failure ? count : count with
        {
            Fault = failure.Fault,
            MxHost = session.MxHost,
            ReceivingIp = session.Address is { } address ? System.Net.IPEndPoint.Parse(address).Address.ToString() : null,
            SendingIp = egress.Address?.ToString(),
            Detail = Cut(failure.Detail),
        };
    }

    private static string Cut(string text) => text.Length > LongestText ? text[..LongestText] : text;
}
