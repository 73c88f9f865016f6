using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>
/// What adaptation knows of one path. Immutable and small (below 8 KB as JSON), so that it is a column of the path's row and changes with the row's
/// ETag. Only <see cref="PathController"/> and <see cref="OperatorActions"/> make new ones.
/// </summary>
public sealed record PathControl
{
    public static PathControl Initial { get; } = new();

    /// <summary>Adaptation's own; <see cref="ModeAt"/> also knows an operator's suspension.</summary>
    public PathMode Mode { get; init; }

    /// <summary>Null while the rule's figure holds.</summary>
    public Ceiling? Connections { get; init; }

    /// <inheritdoc cref="Connections"/>
    public Ceiling? MessagesPerHour { get; init; }

    /// <inheritdoc cref="Connections"/>
    public Ceiling? MessagesPerConnection { get; init; }

    /// <summary>The suspension that is in force or is being probed; kept until the first quiet hour after it, so that a relapse lasts longer.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>When a ceiling last went up.</summary>
    public DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it was last seen to whether a ceiling may go up.</summary>
    public DateTimeOffset LookedAt { get; init; }

    /// <summary>No session, or nothing taken.</summary>
    public Backoff? Backoff { get; init; }

    public OperatorSuspension? OperatorSuspension { get; init; }

    public OperatorOverride? Override { get; init; }

    /// <summary>The last hour.</summary>
    public IReadOnlyList<SliceCounts> Traffic { get; init; } = [];

    /// <summary>Shares are reckoned from this slice on: what was sent before the last move is no answer to it.</summary>
    public long JudgedFrom { get; init; }

    /// <summary>Messages deferred since the last other answer.</summary>
    public int DeferredInRow { get; init; }

    /// <summary>The most messages that an hour carried, of the last day or so.</summary>
    public int BestHour { get; init; }

    public DateTimeOffset BestHourAt { get; init; }

    public ComplaintRecord Complaints { get; init; } = new();

    public IReadOnlyList<TriggerMemory> Triggers { get; init; } = [];

    [JsonIgnore]
    internal bool HasCeilings => Connections is not null || MessagesPerHour is not null || MessagesPerConnection is not null;

    public PathMode ModeAt(DateTimeOffset now) => OperatorSuspension is { } held && held.Until > now ? PathMode.Suspended : Mode;

    public string ToJson() => JsonSerializer.Serialize(this, AdaptationFormat.Json.PathControl);

    /// <summary>What <see cref="ToJson"/> wrote. Null for nothing, and for what cannot be read: the path then starts afresh, which costs at most a move.</summary>
    public static PathControl? Read(string? json)
    {
        if (string.IsNullOrEmpty(json))
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, AdaptationFormat.Json.PathControl);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal Ceiling? Ceiling(CeilingKind kind) => kind switch
    {
        CeilingKind.Connections => Connections,
        CeilingKind.MessagesPerHour => MessagesPerHour,
        _ => MessagesPerConnection,
    };

    internal PathControl With(CeilingKind kind, Ceiling? ceiling) => kind switch
    {
        CeilingKind.Connections => this with { Connections = ceiling },
        CeilingKind.MessagesPerHour => this with { MessagesPerHour = ceiling },
        _ => this with { MessagesPerConnection = ceiling },
    };
}

/// <summary>Nothing is sent until a time, and little for a while after that.</summary>
/// <param name="Since">When it began.</param>
/// <param name="Until">When probing begins.</param>
/// <param name="Length">As the cause asked for; a relapse doubles it.</param>
/// <param name="Relapses">Suspensions in a row before this one.</param>
/// <param name="Delivered">Probes that were taken.</param>
/// <param name="Refused">Probes that met what may have caused the suspension.</param>
/// <param name="Probed">It was probes that led to it: they tell nothing about ceilings.</param>
public sealed record Suspension(DateTimeOffset Since, DateTimeOffset Until, TimeSpan Length, int Relapses = 0, int Delivered = 0, int Refused = 0, bool Probed = false);

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PathControl))]
[JsonSerializable(typeof(PathMove))]
internal sealed partial class AdaptationJson : JsonSerializerContext;

internal static class AdaptationFormat
{
    /// <summary>Letters of any language as they are: samples of replies stay short and readable.</summary>
    public static AdaptationJson Json { get; } = new(new JsonSerializerOptions(AdaptationJson.Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
