using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Modes;

/// <summary>The mode as it is set.</summary>
/// <param name="Mode">What was asked for.</param>
/// <param name="Since">When that was.</param>
/// <param name="Effective">
/// When sending by it begins. Between two modes that send lies a pause in which nobody does, long enough for every instance to have seen the
/// change: one or the other, never both at once.
/// </param>
/// <param name="LastSender">The mode that sent last.</param>
/// <param name="Reason">The operator's.</param>
/// <param name="ETag">Of the row; none before the first change.</param>
public sealed record ModeState(OperatingMode Mode, DateTimeOffset Since, DateTimeOffset Effective, OperatingMode LastSender, string? Reason, ETag ETag)
{
    private const string Key = "mode";
    private const int ReasonLength = 500;

    /// <summary>An instance looks again before its last look is this old.</summary>
    public static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(7);

    // With time for a slow storage to answer the look.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(12);

    internal static (string Partition, string Row) RowKey => (Key, Key);

    /// <summary>Before anybody set one.</summary>
    public static ModeState Initial { get; } = new(OperatingMode.Enhanced, default, default, OperatingMode.Enhanced, null, default);

    /// <summary>What holds at a time.</summary>
    public OperatingMode At(DateTimeOffset now) => now < Effective ? OperatingMode.Maintenance : Mode;

    public ModeState Change(OperatingMode mode, string? reason, DateTimeOffset now)
    {
        var isOtherSender = mode != OperatingMode.Maintenance && mode != LastSender;
        return this with
        {
            Mode = mode,
            Since = now,
            Effective = isOtherSender ? now + Pause : now,
            LastSender = mode == OperatingMode.Maintenance ? LastSender : mode,
            Reason = reason is { Length: > ReasonLength } ? reason[..ReasonLength] : reason,
        };
    }

    internal TableEntity ToRow() => new(Key, Key)
    {
        [nameof(Mode)] = Mode.ToString(),
        [nameof(Since)] = Since,
        [nameof(Effective)] = Effective,
        [nameof(LastSender)] = LastSender.ToString(),
        [nameof(Reason)] = Reason,
    };

    internal static ModeState Read(TableEntity row) => new(
        Enum.TryParse<OperatingMode>(row.GetString(nameof(Mode)), out var mode) ? mode : OperatingMode.Enhanced,
        row.GetDateTimeOffset(nameof(Since)) ?? default,
        row.GetDateTimeOffset(nameof(Effective)) ?? default,
        Enum.TryParse<OperatingMode>(row.GetString(nameof(LastSender)), out var last) ? last : OperatingMode.Enhanced,
        row.GetString(nameof(Reason)),
        row.ETag);
}
