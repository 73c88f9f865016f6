using System.Text.Json.Serialization;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.WarmUp;

/// <summary>Answers of a day.</summary>
/// <param name="Delivered">Taken.</param>
/// <param name="AddressOnly">About the address or the message: they show that the provider listens, and nothing else.</param>
/// <param name="Deferred">Put off for the sender's sake, throttled ones included.</param>
/// <param name="Blocked">Refused for spam, reputation or policy.</param>
/// <param name="Complaints">That came this day.</param>
public readonly record struct WarmUpCounts(int Delivered, int AddressOnly, int Deferred, int Blocked, int Complaints)
{
    /// <summary>Complaints are no answers.</summary>
    public int Answers => Delivered + AddressOnly + Deferred + Blocked;

    [JsonIgnore]
    public bool IsEmpty => this == default;

    public static WarmUpCounts Complaint { get; } = new(0, 0, 0, 0, 1);

    public static WarmUpCounts Of(PathOutcome outcome) => outcome switch
    {
        PathOutcome.Delivered => new(1, 0, 0, 0, 0),
        PathOutcome.Deferred or PathOutcome.Throttled => new(0, 0, 1, 0, 0),
        PathOutcome.Blocked => new(0, 0, 0, 1, 0),
        _ => new(0, 1, 0, 0, 0),
    };

    public static WarmUpCounts operator +(WarmUpCounts a, WarmUpCounts b) =>
        new(a.Delivered + b.Delivered, a.AddressOnly + b.AddressOnly, a.Deferred + b.Deferred, a.Blocked + b.Blocked, a.Complaints + b.Complaints);

    public static WarmUpCounts Add(WarmUpCounts left, WarmUpCounts right) => left + right;
}
