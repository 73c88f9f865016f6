using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using EnhancedMta.MxRules;

namespace EnhancedMta.Http;

/// <summary>An MX rule as the API shows it: under the names that it has in a file.</summary>
internal static class MxRuleView
{
    public static object Of(MxRule rule) => new
    {
        rule.Id,
        Mx = rule.MxMasks.Count > 0 ? rule.MxMasks : null,
        rule.Provider,
        rule.PublicIds,
        rule.Scope,
        rule.Shared,
        rule.MaxConnections,
        rule.MaxMessagesPerConnection,
        rule.MessagesPerHour,
        rule.ConnectionsPerMinute,
        rule.MinConnections,
        rule.MinMessagesPerHour,
        Timeouts = new
        {
            Connect = XmlConvert.ToString(rule.Timeouts.Connect),
            DataBlock = XmlConvert.ToString(rule.Timeouts.DataBlock),
            Data = XmlConvert.ToString(rule.Timeouts.EndOfData),
            Other = XmlConvert.ToString(rule.Timeouts.Command),
        },
        rule.Tls,
        Triggers = rule.Triggers.Select(Of),
        rule.Why,
    };

    /// <summary>Names of what differs between two rules, besides for whom they are.</summary>
    public static IEnumerable<string> Differences(MxRule one, MxRule other)
    {
        string[] aside = ["mx", "provider", "publicIds", "why"];
        var (left, right) = (Node(one), Node(other));
        return left.Select(p => p.Key).Union(right.Select(p => p.Key)).Except(aside).Where(name => !JsonNode.DeepEquals(left[name], right[name]));

        static JsonObject Node(MxRule rule) => JsonSerializer.SerializeToNode(Of(rule), ApiJson.Options)!.AsObject();
    }

    private static object Of(ReplyTrigger trigger) => new
    {
        trigger.Id,
        Pattern = trigger.Pattern.ToString(),
        trigger.Count,
        Within = trigger.Count > 1 ? XmlConvert.ToString(trigger.Within) : null,
        trigger.Action,
        Value = trigger.Action == TriggerAction.Suspend || trigger.IsShare ? (double?)null : trigger.Value,
        Factor = trigger.IsShare ? (double?)trigger.Value : null,
        Duration = XmlConvert.ToString(trigger.Duration),
        General = trigger.IsGeneral ? (bool?)true : null,
    };
}
