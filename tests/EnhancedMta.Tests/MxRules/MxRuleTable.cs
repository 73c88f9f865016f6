using System.Globalization;
using System.Xml;
using EnhancedMta.MxRules;

namespace EnhancedMta.Tests.MxRules;

/// <summary>Our rules as the tables of <c>docs/mx-rules.md</c>.</summary>
internal static class MxRuleTable
{
    public static string Rules() => Table(
        ["rule", "for", "counted over", "connections", "messages per connection", "new connections per minute", "messages per hour", "TLS"],
        MxRuleFile.BuiltIn.Rules.Select(rule => new[]
        {
            rule.Id,
            rule.Provider is { } provider ? $"provider {provider}" : rule.MxMasks.Count > 0 ? string.Join(", ", rule.MxMasks.Select(mask => $"`{mask}`")) : "every other site",
            rule.Scope == LimitScope.Rule ? "the rule" : "each site",
            Number(rule.MaxConnections),
            Number(rule.MaxMessagesPerConnection),
            Number(rule.ConnectionsPerMinute),
            Number(rule.MessagesPerHour),
            rule.Tls.ToString().ToLowerInvariant(),
        }));

    public static string Triggers() => Table(
        ["rule", "trigger", "set off by", "does", "for"],
        MxRuleFile.BuiltIn.Rules.SelectMany(rule => rule.Triggers.Where(trigger => !trigger.IsGeneral).Select(trigger => new[]
        {
            rule.Id,
            trigger.Id,
            trigger.Count == 1 ? "the first" : $"{trigger.Count} within {Words(trigger.Within)}",
            Does(trigger),
            Words(trigger.Duration),
        })));

    private static string Does(ReplyTrigger trigger)
    {
        var to = trigger.IsShare ? $"to {trigger.Value:P0} of what holds" : $"to {Number((int)trigger.Value)}";
        return trigger.Action switch
        {
            TriggerAction.Suspend => "nothing is sent",
            TriggerAction.Rate => $"messages per hour {to}",
            TriggerAction.Connections => $"connections {to}",
            _ => $"messages per connection {to}",
        };
    }

    private static string Words(TimeSpan time) => time.TotalHours >= 1 && time.Minutes == 0 ? $"{time.TotalHours} h" : time.Seconds == 0 ? $"{time.TotalMinutes} min" : XmlConvert.ToString(time);

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private static string Table(string[] head, IEnumerable<string[]> rows) =>
        string.Join('\n', rows.Prepend([.. head.Select(_ => "---")]).Prepend(head).Select(cells => $"| {string.Join(" | ", cells)} |"));
}
