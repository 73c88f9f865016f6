using System.Globalization;
using System.Text.Json;
using EnhancedMta.Bounces;

namespace EnhancedMta.Webhooks;

/// <summary>Gathers what the events of a request say. One that cannot be read is a fault in the list, and the next one is read.</summary>
internal sealed class ReadingBuilder
{
    private const int MaxFaults = 100;
    private const int MaxKinds = 100;
    private const int MaxKindLength = 64;
    private const string OtherKinds = "other";

    private readonly List<BounceReport> _reports = [];
    private readonly Dictionary<string, int> _ignored = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private int _faultCount;

    public string? Answer { get; set; }

    /// <param name="at">Where it was found.</param>
    /// <param name="report">What it says.</param>
    /// <exception cref="EventFaultException">It names nobody.</exception>
    public void Add(EventFields at, BounceReport report)
    {
        if (report is { Recipient: null, OriginalMessageId: null, ReturnPaths.Count: 0 })
            throw new EventFaultException(at.Path.Length == 0 ? "body" : at.Path, "names neither a recipient nor a message");
        _reports.Add(report);
    }

    /// <param name="kind">In the provider's words.</param>
    public void Ignore(string kind)
    {
        // The names come from outside: neither their number nor their length is known.
        var name = kind.Length <= MaxKindLength ? kind : kind[..MaxKindLength];
        if (_ignored.Count >= MaxKinds && !_ignored.ContainsKey(name))
            name = OtherKinds;
        _ignored[name] = _ignored.GetValueOrDefault(name) + 1;
    }

    public void ForEach(IEnumerable<(JsonElement Element, string Path)> events, Action<EventFields> read)
    {
        foreach (var (element, path) in events)
        {
            try
            {
                read(new EventFields(element, path));
            }
            catch (EventFaultException e)
            {
                if (++_faultCount <= MaxFaults)
                    _faults.Add(e.Message);
            }
        }
    }

    public WebhookResult.Read Build()
    {
        if (_faultCount > MaxFaults)
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"and {_faultCount - MaxFaults} more"));
        return new WebhookResult.Read(new WebhookReading(_reports, _ignored, _faults, Answer));
    }
}
