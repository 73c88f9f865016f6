using System.Text.Json;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;
using static EnhancedMta.UserRules.RuleFields;

namespace EnhancedMta.MxRules;

/// <summary>Reads a file of MX rules (its form is in <c>mx-rules.schema.json</c>). Strict: a misspelt property would be a limit that does not hold.</summary>
internal static class MxRuleReader
{
    public const int MaxRules = 2_000;

    public const int MaxConnections = 1_000;
    public const int MaxMessagesPerConnection = 100_000;
    public const int MaxMessagesPerHour = 100_000_000;
    public const int MaxConnectionsPerMinute = 100_000;

    /// <summary>An hour has twelve slices, and each must let one message pass.</summary>
    public const int MinMessagesPerHour = 12;

    // What a look-up walks, and what the patterns take of memory, grow with these.
    public const int MaxMasks = 200;
    private const int MaxMasksOfAll = 2_000;
    private const int MaxTriggersOfAll = 2_000;
    private const long MaxPatternCostOfAll = 1_000_000;

    internal static readonly string[] Known =
    [
        "id", "mx", "provider", "publicIds", "scope", "shared", "maxConnections", "maxMessagesPerConnection", "messagesPerHour", "connectionsPerMinute",
        "minConnections", "minMessagesPerHour", "timeouts", "tls", "triggers", "why",
    ];

    internal static readonly string[] KnownOfTimeouts = ["connect", "data", "other"];

    internal static readonly string[] KnownOfPublicIds = ["first", "last"];

    /// <param name="file">Its name, for messages.</param>
    /// <param name="json">UTF-8; comments and trailing commas are allowed.</param>
    /// <param name="providers">Names that rules may use.</param>
    /// <exception cref="RuleFaultsException">Any rule is not as it should be.</exception>
    public static IReadOnlyList<WrittenMxRule> Read(string file, ReadOnlyMemory<byte> json, IReadOnlySet<string> providers)
    {
        var (masks, triggers, cost) = (0, 0, 0L);
        return RuleDocument.Read(file, json, MaxRules, (element, line) => new WrittenMxRule(ReadRule(element, providers), line, ReplyTriggerReader.PatternCostOf(element)), written => written.Rule.Id, TooMuch);

        string? TooMuch(WrittenMxRule written)
        {
            masks += written.Rule.MxMasks.Count;
            triggers += written.Rule.Triggers.Count;
            cost += written.PatternCost;
            return masks > MaxMasksOfAll ? $"with it the file has more than {MaxMasksOfAll} masks"
                : triggers > MaxTriggersOfAll ? $"with it the file has more than {MaxTriggersOfAll} triggers"
                : cost > MaxPatternCostOfAll ? "with it the patterns of the file become too large: they are too long, or repeat too often"
                : null;
        }
    }

    private static MxRule ReadRule(JsonElement element, IReadOnlySet<string> providers)
    {
        OnlyKnown(element, Known);
        var perHour = Number(element, "messagesPerHour", MinMessagesPerHour, MaxMessagesPerHour);
        var connections = Number(element, "maxConnections", 1, MaxConnections) ?? throw new FormatException("\"maxConnections\" is missing");
        var rule = new MxRule
        {
            Id = RuleFields.Id(element),
            MxMasks = [.. Texts(element, "mx").Select(HostMask.Read)],
            Provider = Optional(element, "provider"),
            PublicIds = PublicIds(element),
            Scope = Optional(element, "scope") is { } scope ? Named<LimitScope>("scope", scope) : LimitScope.Site,
            Shared = Flag(element, "shared") ?? false,
            MaxConnections = connections,
            MaxMessagesPerConnection = Number(element, "maxMessagesPerConnection", 1, MaxMessagesPerConnection) ?? throw new FormatException("\"maxMessagesPerConnection\" is missing"),
            MessagesPerHour = perHour,
            ConnectionsPerMinute = Number(element, "connectionsPerMinute", 1, MaxConnectionsPerMinute),
            MinConnections = Number(element, "minConnections", 1, MaxConnections) ?? 1,
            MinMessagesPerHour = Number(element, "minMessagesPerHour", MinMessagesPerHour, MaxMessagesPerHour) ?? Math.Min(60, perHour ?? 60),
            Timeouts = Timeouts(element),
            Tls = Optional(element, "tls") is { } tls ? Named<TlsLevel>("tls", tls) : TlsLevel.Opportunistic,
            Why = Optional(element, "why"),
        };
        if (element.TryGetProperty("mx", out _) && rule.MxMasks.Count is 0 or > MaxMasks)
            throw new FormatException($"\"mx\" must have 1 to {MaxMasks} masks");
        if (rule.Provider is not null && rule.MxMasks.Count > 0)
            throw new FormatException("give mx or provider, not both");
        if (rule.Provider is { } provider && !providers.Contains(provider))
            throw new FormatException($"provider \"{provider}\" is not known; known are {string.Join(", ", providers.Order(StringComparer.Ordinal))}");
        if (rule.MinConnections > rule.MaxConnections)
            throw new FormatException("\"minConnections\" must not be above \"maxConnections\"");
        if (rule.MinMessagesPerHour > rule.MessagesPerHour)
            throw new FormatException("\"minMessagesPerHour\" must not be above \"messagesPerHour\"");
        return rule with { Triggers = ReplyTriggerReader.Read(element, rule) };
    }

    private static PublicIdRange? PublicIds(JsonElement element)
    {
        if (!element.TryGetProperty("publicIds", out var range))
            return null;
        OnlyKnown(range, KnownOfPublicIds, " in publicIds");
        var ids = new PublicIdRange(
            Number(range, "first", 1, int.MaxValue) ?? throw new FormatException("\"first\" is missing in publicIds"),
            Number(range, "last", 1, int.MaxValue) ?? throw new FormatException("\"last\" is missing in publicIds"));
        return ids.First <= ids.Last ? ids : throw new FormatException("\"first\" must not be above \"last\" in publicIds");
    }

    private static SmtpTimeouts Timeouts(JsonElement element)
    {
        var usual = new SmtpTimeouts();
        if (!element.TryGetProperty("timeouts", out var timeouts))
            return usual;
        OnlyKnown(timeouts, KnownOfTimeouts, " in timeouts");
        // A short wait for the last reply makes duplicates (RFC 1047), a long one holds a connection.
        var data = Duration(timeouts, "data", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));
        return usual with
        {
            Connect = Duration(timeouts, "connect", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)) ?? usual.Connect,
            Command = Duration(timeouts, "other", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10)) ?? usual.Command,
            DataBlock = data ?? usual.DataBlock,
            EndOfData = data ?? usual.EndOfData,
        };
    }
}

/// <param name="Rule">As it is meant.</param>
/// <param name="Line">Of its file, for messages about it.</param>
/// <param name="PatternCost">How large its patterns are.</param>
internal sealed record WrittenMxRule(MxRule Rule, int Line, long PatternCost);
