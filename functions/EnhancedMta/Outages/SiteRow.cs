using System.Text.Json;
using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Outages;

/// <summary>What all instances together know of a site's answers: one row.</summary>
internal sealed record SiteRow
{
    public const string Partition = "site";

    /// <summary>Name of the provider, or key of a site that is no provider's.</summary>
    public required string Key { get; init; }

    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>MX hosts, for a site that is no provider's.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public UsualRate Usual { get; init; }

    /// <summary>Number of the window that <see cref="Current"/> counts.</summary>
    public long Window { get; init; }

    public AnswerCounts Current { get; init; }

    public AnswerCounts Previous { get; init; }

    public AcceptedSample Sample { get; init; } = new();

    public Hold? Hold { get; init; }

    /// <summary>Where a reversal goes on.</summary>
    public string? Reversal { get; init; }

    public ETag ETag { get; init; }

    /// <summary>Moves on to a later window: the ones that are over become part of what is usual, unless they were of an outage.</summary>
    public SiteRow At(long window)
    {
        if (window <= Window)
            return this;
        var usual = Hold is { State: HoldState.Holding } ? Usual : Usual.After(Current);
        return this with { Window = window, Usual = usual, Previous = window == Window + 1 ? Current : default, Current = default };
    }

    public TableEntity ToRow(DateTimeOffset now) => new(Partition, Key)
    {
        [nameof(Name)] = Name,
        [nameof(Hosts)] = JsonSerializer.Serialize(Hosts),
        ["UsualUnknown"] = Usual.Unknown,
        ["UsualTotal"] = Usual.Total,
        [nameof(Window)] = Window,
        [nameof(Current)] = JsonSerializer.Serialize(Current),
        [nameof(Previous)] = JsonSerializer.Serialize(Previous),
        [nameof(Sample)] = Sample.ToBytes(now),
        [nameof(Hold)] = Hold is null ? null : JsonSerializer.Serialize(Hold),
        [nameof(HoldState)] = Hold?.State.ToString(),
        [nameof(Reversal)] = Reversal,
    };

    public static SiteRow Read(TableEntity row) => new()
    {
        Key = row.RowKey,
        Name = row.GetString(nameof(Name)) ?? "",
        Hosts = JsonSerializer.Deserialize<string[]>(row.GetString(nameof(Hosts)) ?? "[]")!,
        Usual = new UsualRate(row.GetDouble("UsualUnknown") ?? 0, row.GetDouble("UsualTotal") ?? 0),
        Window = row.GetInt64(nameof(Window)) ?? 0,
        Current = Counts(row.GetString(nameof(Current))),
        Previous = Counts(row.GetString(nameof(Previous))),
        Sample = AcceptedSample.Read(row.GetBinary(nameof(Sample)) ?? []),
        Hold = row.GetString(nameof(Hold)) is { } hold ? JsonSerializer.Deserialize<Hold>(hold) : null,
        Reversal = row.GetString(nameof(Reversal)),
        ETag = row.ETag,
    };

    private static AnswerCounts Counts(string? json) => json is null ? default : JsonSerializer.Deserialize<AnswerCounts>(json);
}
