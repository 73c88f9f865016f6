using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>What all processes know together of a path: one row, changed by ETag.</summary>
internal sealed record PathRow
{
    private const string SlicesName = "Slices";
    private const string LeasesName = "Leases";
    private const string LinesName = "Lines";
    private const string OpeningMinuteName = "OpeningMinute";
    private const string OpeningsName = "Openings";

    public required PathId Id { get; init; }

    /// <summary>Messages per hour, as used and as planned. Changed in place; a row is read anew after a conflict.</summary>
    public SliceBook Slices { get; init; } = new();

    public IReadOnlyList<ConnectionLease> Leases { get; init; } = [];

    public OpeningCount Openings { get; init; }

    /// <summary>Messages that wait for connections, by party: until when.</summary>
    public IReadOnlyDictionary<uint, DateTimeOffset> Lines { get; init; } = new Dictionary<uint, DateTimeOffset>();

    /// <summary>When messages were last put off that lacked nothing but connections.</summary>
    public DateTimeOffset LackedConnections { get; init; }

    /// <summary>How long a message occupies a connection, usually. Null while unknown.</summary>
    public double? SecondsPerMessage { get; init; }

    /// <summary>What its history lets it do.</summary>
    public PathControl Control { get; init; } = PathControl.Initial;

    /// <summary>Moves that it has made.</summary>
    public long Moves { get; init; }

    /// <summary>The MX rule by which it was last used.</summary>
    public string? Rule { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset Changed { get; init; }

    public ETag ETag { get; init; }

    /// <summary>Nobody has it in the table yet.</summary>
    public bool IsNew => ETag == default;

    /// <summary>The row after a step of its controller or an operator's.</summary>
    public PathRow With(PathStep step) => this with { Control = step.Control, Moves = Moves + step.Moves.Count };

    /// <summary>The moves of a step, to be written with the row as it is after it.</summary>
    public IReadOnlyList<TableEntity> RowsOf(PathStep step) => [.. step.Moves.Select((move, i) => MoveRow.Of(Id, move, Moves - step.Moves.Count + i))];

    public TableEntity ToEntity()
    {
        var entity = new TableEntity(Id.PartitionKey, Id.RowKey)
        {
            [nameof(PathId.Egress)] = Id.Egress,
            [nameof(PathId.Site)] = Id.Site,
            [nameof(Rule)] = Rule,
            [nameof(Changed)] = Changed,
            [nameof(Control)] = Control.ToJson(),
            [nameof(Moves)] = Moves,
            [LeasesName] = JsonSerializer.Serialize(Leases, PathRowJson.Default.IReadOnlyListConnectionLease),
        };
        if (!Slices.IsEmpty)
            entity[SlicesName] = Slices.ToBytes();
        if (Lines.Count > 0)
            entity[LinesName] = JsonSerializer.Serialize(Lines, PathRowJson.Default.IReadOnlyDictionaryUInt32DateTimeOffset);
        if (Openings.Count > 0)
            (entity[OpeningMinuteName], entity[OpeningsName]) = (Openings.Minute, Openings.Count);
        if (LackedConnections != default)
            entity[nameof(LackedConnections)] = LackedConnections;
        if (SecondsPerMessage is { } seconds)
            entity[nameof(SecondsPerMessage)] = seconds;
        return entity;
    }

    public static PathRow Read(TableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return new PathRow
        {
            Id = PathId.Read(entity),
            Slices = SliceBook.Parse(entity.GetBinary(SlicesName)),
            Leases = entity.GetString(LeasesName) is { } leases ? JsonSerializer.Deserialize(leases, PathRowJson.Default.IReadOnlyListConnectionLease)! : [],
            Lines = entity.GetString(LinesName) is { } lines
                ? JsonSerializer.Deserialize(lines, PathRowJson.Default.IReadOnlyDictionaryUInt32DateTimeOffset)! : new Dictionary<uint, DateTimeOffset>(),
            Openings = new OpeningCount(entity.GetInt64(OpeningMinuteName) ?? 0, entity.GetInt32(OpeningsName) ?? 0),
            LackedConnections = entity.GetDateTimeOffset(nameof(LackedConnections)) ?? default,
            SecondsPerMessage = entity.GetDouble(nameof(SecondsPerMessage)),
            Control = PathControl.Read(entity.GetString(nameof(Control))) ?? PathControl.Initial,
            Moves = entity.GetInt64(nameof(Moves)) ?? 0,
            Rule = entity.GetString(nameof(Rule)),
            Changed = entity.GetDateTimeOffset(nameof(Changed)) ?? default,
            ETag = entity.ETag,
        };
    }
}

[JsonSerializable(typeof(IReadOnlyList<ConnectionLease>))]
[JsonSerializable(typeof(IReadOnlyDictionary<uint, DateTimeOffset>))]
internal sealed partial class PathRowJson : JsonSerializerContext;
