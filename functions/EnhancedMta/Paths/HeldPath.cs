using Azure.Data.Tables;

namespace EnhancedMta.Paths;

/// <summary>A path that is left alone for a while.</summary>
/// <param name="Site">For people.</param>
/// <param name="Until">When it may be tried again.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Cause">Our error, when there was one.</param>
/// <param name="Reply">The remote's words, when there were any.</param>
public sealed record HeldPath(string Site, DateTimeOffset Until, int Failures, string? Cause, string? Reply)
{
    public override string ToString() => $"{Site}: {Reply ?? Cause}";

    internal TableEntity ToRow(string partition, string key) => new(partition, key)
    {
        [nameof(Site)] = Site,
        [nameof(Until)] = Until,
        [nameof(Failures)] = Failures,
        [nameof(Cause)] = Cause,
        [nameof(Reply)] = Reply,
    };

    internal static HeldPath Read(TableEntity row) => new(
        row.GetString(nameof(Site)) ?? "",
        row.GetDateTimeOffset(nameof(Until)) ?? default,
        row.GetInt32(nameof(Failures)) ?? 1,
        row.GetString(nameof(Cause)),
        row.GetString(nameof(Reply)));
}
