using EnhancedMta.MxRules;
using EnhancedMta.UserRules;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>A user's MX rules. Each fault is told.</summary>
internal sealed class MxRulesTarget() : FuzzTarget("mx-rules", weight: 4, maxLength: 40_000)
{
    public override IReadOnlyList<byte[]> Seeds { get; } = Octets(
        """{"rules":[{"id":"mine","mx":["mx?.example.com","*.example.net"],"maxConnections":5,"maxMessagesPerConnection":50,"connectionsPerMinute":100,"messagesPerHour":1200,"tls":"required","timeouts":{"connect":"PT10S","data":"PT5M","other":"PT1M"},"why":"test","triggers":[{"id":"busy","pattern":"too (many|much)|rate limited","count":2,"within":"PT1H","action":"rate","value":600,"duration":"PT30M","samples":["451 too many messages"]}]}]}""",
        """{"rules":[{"id":"theirs","provider":"google","publicIds":{"first":1,"last":4},"scope":"rule","shared":true,"maxConnections":2,"minConnections":1,"maxMessagesPerConnection":20,"minMessagesPerHour":60,"messagesPerHour":6000,"why":"test","triggers":[{"id":"stop","pattern":"blocked","count":1,"within":"PT1M","action":"suspend","duration":"PT1H","samples":["554 blocked"]}]}]}""");

    public override IReadOnlyList<byte[]> Words { get; } = Octets(
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\\", "null", "\\ud800", "-1", "1e9", "999999999999", "*", "?", "**", "*.", "(", ")", "|", "{1000}", ".*", "\\\\d+", "PT0S", "P1Y", "\"mx\":", "\"triggers\":[", "\"pattern\":\"", "\"action\":\"connections\"", "\"tls\":\"off\"", "é", "\0");

    public override long AllocationLimit(int length) => (256L * 1024 * 1024) + (20_000L * length);

    public override void Read(byte[] input, Random random)
    {
        try
        {
            _ = MxRuleFile.WithUserRules("fuzz.json", input);
        }
        catch (RuleFaultsException e)
        {
            Hold(e.Faults.Count > 0, "refused, and no fault told");
        }
    }
}
