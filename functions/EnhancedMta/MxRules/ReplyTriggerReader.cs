using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;
using static EnhancedMta.UserRules.RuleFields;

namespace EnhancedMta.MxRules;

/// <summary>Reads the triggers of an MX rule. A trigger that could do nothing is a fault.</summary>
internal static class ReplyTriggerReader
{
    public const int MaxTriggers = 50;
    public const int MaxCount = 1_000;
    public const int MaxSamples = 20;

    internal static readonly string[] Known = ["id", "pattern", "count", "within", "action", "value", "factor", "duration", "samples", "why"];

    private static readonly TimeSpan MaxWithin = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(7);

    /// <param name="element">Of the rule.</param>
    /// <param name="rule">The rule without its triggers.</param>
    /// <exception cref="FormatException">A trigger is not as it should be.</exception>
    public static IReadOnlyList<ReplyTrigger> Read(JsonElement element, MxRule rule)
    {
        if (!element.TryGetProperty("triggers", out var array))
            return [];
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > MaxTriggers)
            throw new FormatException($"\"triggers\" must be an array of at most {MaxTriggers}");
        var triggers = new List<ReplyTrigger>();
        foreach (var (part, index) in array.EnumerateArray().Select((e, i) => (e, i)))
        {
            try
            {
                var trigger = ReadTrigger(part, rule);
                if (triggers.Exists(t => t.Id == trigger.Id))
                    throw new FormatException("the id is another trigger's of this rule already");
                triggers.Add(trigger);
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException)
            {
                throw new FormatException($"trigger {Name(part, index)}: {e.Message}");
            }
        }
        return triggers;
    }

    /// <summary>Of all patterns of a rule that was read: <see cref="RulePattern.CostOf"/>.</summary>
    public static long PatternCostOf(JsonElement element) =>
        element.TryGetProperty("triggers", out var array) ? array.EnumerateArray().SelectMany(part => Texts(part, "pattern")).Sum(RulePattern.CostOf) : 0;

    private static string Name(JsonElement part, int index) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetRawText() : $"no. {index + 1}";

    private static ReplyTrigger ReadTrigger(JsonElement part, MxRule rule)
    {
        OnlyKnown(part, Known);
        var action = Named<TriggerAction>("action", Required(part, "action"));
        var (value, isShare) = Value(part, action, rule);
        var count = Number(part, "count", 2, MaxCount) ?? 1;
        var within = Duration(part, "within", TimeSpan.FromSeconds(1), MaxWithin);
        if (count > 1 != within.HasValue)
            throw new FormatException(count > 1 ? "\"within\" is missing: so many replies within how long?" : "\"within\" means nothing without a \"count\"");
        _ = Optional(part, "why");
        var trigger = new ReplyTrigger(
            RuleFields.Id(part),
            Pattern(part),
            count,
            within ?? TimeSpan.Zero,
            action,
            value,
            isShare,
            Duration(part, "duration", TimeSpan.FromMinutes(1), MaxDuration) ?? throw new FormatException("\"duration\" is missing"),
            Texts(part, "samples"));
        if (trigger.Samples.Count is 0 or > MaxSamples)
            throw new FormatException($"\"samples\" must be 1 to {MaxSamples} replies that it is meant for");
        foreach (var sample in trigger.Samples)
            Prove(trigger, sample);
        return trigger;
    }

    // A pattern that does not match what it was written for never will.
    private static void Prove(ReplyTrigger trigger, string sample)
    {
        var reply = QuotedReply.Parse(sample);
        if (reply.Code == 0)
            throw new FormatException($"its sample \"{sample}\" has no reply code");
        var text = TriggerText.Of(reply);
        if (!trigger.Pattern.IsMatch(text))
            throw new FormatException($"its sample \"{sample}\" does not match: patterns see it as \"{text}\"");
    }

    private static Regex Pattern(JsonElement part)
    {
        var patterns = Texts(part, "pattern");
        if (patterns.Count == 0)
            throw new FormatException("\"pattern\" is missing");
        var pattern = RulePattern.Read(patterns);
        return pattern.IsMatch("") ? throw new FormatException("\"pattern\" matches everything") : pattern;
    }

    private static (double Value, bool IsShare) Value(JsonElement part, TriggerAction action, MxRule rule)
    {
        var value = Number(part, "value", 1, MxRuleReader.MaxMessagesPerHour);
        var factor = Share(part, "factor");
        if (action == TriggerAction.Suspend)
            return value is null && factor is null ? (0, false) : throw new FormatException("a suspension has neither \"value\" nor \"factor\"");
        if (value is null == factor is null)
            throw new FormatException("give one of \"value\" and \"factor\"");
        var (least, most) = action switch
        {
            TriggerAction.Rate => (rule.MinMessagesPerHour, rule.MessagesPerHour),
            TriggerAction.Connections => (rule.MinConnections, (int?)rule.MaxConnections),
            _ => (1, rule.MaxMessagesPerConnection),
        };
        if (least == most)
            throw new FormatException($"can do nothing: the rule's limit is {most} and may not go lower");
        if (value < least)
            throw new FormatException($"\"value\" is below the rule's least, which is {least}");
        if (value >= most)
            throw new FormatException($"\"value\" is not below the rule's limit, which is {most}");
        return (value ?? factor!.Value, factor is not null);
    }
}
