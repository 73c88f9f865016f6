using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EnhancedMta.BounceRules;

namespace EnhancedMta.Benchmarks.Qualify;

/// <summary>How many replies one core qualifies in a second.</summary>
internal static class QualifyCommand
{
    public const string Usage = "qualify [--json]";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not ([] or ["--json"]))
        {
            Console.Error.WriteLine($"qualify: cannot use '{string.Join(' ', arguments)}'. Usage: {Usage}");
            return 2;
        }
        var rules = RuleFile.BuiltIn;
        var replies = RecordedLike.Of(rules, new Random(1));
        Decide(rules, replies, WarmUp);

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var (count, time) = Decide(rules, replies, Measured);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        var perSecond = count / time.TotalSeconds;
        var nanoseconds = time.TotalNanoseconds / count;
        var octets = (double)allocated / count;
        Console.WriteLine(arguments is ["--json"]
            ? JsonSerializer.Serialize(new
            {
                repliesPerSecond = Math.Round(perSecond),
                nanosecondsPerReply = Math.Round(nanoseconds),
                allocatedBytesPerReply = Math.Round(octets, 1),
                rules = rules.Count,
                ruleSet = rules.Version,
                replies = replies.Count,
            })
            : string.Create(CultureInfo.InvariantCulture, $"{perSecond:N0} replies/s on one core: {nanoseconds:N0} ns and {octets:N0} octets allocated for each; {rules.Count} rules, {replies.Count:N0} different replies."));
        return 0;
    }

    // All of them each time, so that long and short ones weigh as they come. The processor's time, not the clock's: other work on the
    // machine takes nothing away from it.
    private static (long Count, TimeSpan Time) Decide(BounceRuleSet rules, IReadOnlyList<RecordedLike> replies, TimeSpan atLeast)
    {
        var count = 0L;
        var finals = 0;
        var began = Environment.CpuUsage.TotalTime;
        TimeSpan time;
        do
        {
            foreach (var reply in replies)
                finals += rules.Decide(reply.Reply, reply.MxHost).Final ? 1 : 0;
            count += replies.Count;
        }
        while ((time = Environment.CpuUsage.TotalTime - began) < atLeast);
        // Keeps the compiler from leaving the work out.
        return finals >= 0 ? (count, time) : throw new UnreachableException();
    }
}
