using System.Text.Json.Serialization;

namespace EnhancedMta.SendingLog;

/// <summary>One thing that happened to a message: an attempt, a wait of its site, expiry, a bounce that came back later.</summary>
public sealed record HistoryEntry
{
    /// <summary>What one message row keeps (a row has 252 properties at most); the newest overwrites the last.</summary>
    public const int MaxEntries = 200;

    [JsonPropertyName("time")]
    public required DateTimeOffset Time { get; init; }

    /// <summary>delivered, soft, failed, throttled, waits, inDoubt, expired, outOfBand, complaint, unsubscribe, delayed, autoReply, challengeResponse, deliveryReport, corrected; of its copy: copySent, copyFailed, copyWaits.</summary>
    [JsonPropertyName("what")]
    public required string What { get; init; }

    /// <summary>Number of the attempt, when it counts as one.</summary>
    [JsonPropertyName("attempt")]
    public int? Attempt { get; init; }

    [JsonPropertyName("mxHost")]
    public string? MxHost { get; init; }

    [JsonPropertyName("remoteAddress")]
    public string? RemoteAddress { get; init; }

    [JsonPropertyName("tls")]
    public string? Tls { get; init; }

    /// <summary>The recipient domain's TLS policy, and how the session met it.</summary>
    [JsonPropertyName("tlsPolicy")]
    public string? TlsPolicy { get; init; }

    [JsonPropertyName("egress")]
    public string? Egress { get; init; }

    /// <summary>The remote's words.</summary>
    [JsonPropertyName("reply")]
    public string? Reply { get; init; }

    /// <summary>The command that they answered.</summary>
    [JsonPropertyName("command")]
    public string? Command { get; init; }

    /// <summary>Our own error.</summary>
    [JsonPropertyName("localError")]
    public string? LocalError { get; init; }

    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    [JsonPropertyName("milliseconds")]
    public int? Milliseconds { get; init; }

    /// <summary>The rule that qualified it.</summary>
    [JsonPropertyName("rule")]
    public string? Rule { get; init; }

    /// <summary>Who told us later: dsn, arf, a provider.</summary>
    [JsonPropertyName("source")]
    public string? Source { get; init; }

    /// <summary>That source's id of the event.</summary>
    [JsonPropertyName("event")]
    public string? Event { get; init; }

    /// <summary>What was to come next, and when.</summary>
    [JsonPropertyName("next")]
    public DateTimeOffset? Next { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HistoryEntry))]
internal sealed partial class HistoryJson : JsonSerializerContext;
