using System.Text.Json.Serialization;

namespace EnhancedMta.Paths.Leases;

/// <summary>Leave for connections of a path. It holds until its end, and as long as its process lives (<see cref="ProcessLife"/>): a dead one holds nothing up for long.</summary>
/// <param name="Process">Whose life it depends on.</param>
/// <param name="Holder">Of the process; it may have several on a path for a moment, when it had let go of the path.</param>
/// <param name="Count">Connections that it may have open.</param>
/// <param name="Wanted">Connections that it could use.</param>
/// <param name="Until">It holds until then whether or not the process lives.</param>
internal sealed record ConnectionLease(
    [property: JsonPropertyName("p")] string Process,
    [property: JsonPropertyName("h")] int Holder,
    [property: JsonPropertyName("n")] int Count,
    [property: JsonPropertyName("w")] int Wanted,
    [property: JsonPropertyName("u")] DateTimeOffset Until)
{
    /// <summary>Of <see cref="Count"/>, those that it is about to close: soon they are others'.</summary>
    [JsonPropertyName("c")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Closing { get; init; }

    /// <summary>Since when it has connections, or waits for one.</summary>
    [JsonPropertyName("s")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset Since { get; init; }

    /// <summary>Some of what waits there is transactional: whoever looks gives it a connection at the end of the message under way, and it comes before others in the line.</summary>
    [JsonPropertyName("x")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUrgent { get; init; }

    /// <summary>Marketing mail that it was let through with in the slice that was, and that had not begun, when it wrote this.</summary>
    [JsonPropertyName("b")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Unbegun { get; init; }

    /// <summary>It has none, and waits for one.</summary>
    [JsonIgnore]
    public bool IsWaiting => Count == 0 && Wanted > 0;

    public bool Holds(DateTimeOffset now, IReadOnlyDictionary<string, DateTimeOffset> lives) =>
        Until > now || (lives.TryGetValue(Process, out var end) && end > now);

    public bool IsOf((string Process, int Holder) who) => Process == who.Process && Holder == who.Holder;
}
