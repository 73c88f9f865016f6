using System.Globalization;
using System.Text.RegularExpressions;
using EnhancedMta.MxRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>What the simulated provider says, worded by us after the manner of real ones, and the triggers that know it.</summary>
internal static class ProviderWords
{
    public const string TooMuch = "421 4.7.28 Too much mail from 192.0.2.10 for its name here, it is slowed down; come back later";
    public const string TooManyConnections = "421 4.7.5 Too many concurrent connections from 192.0.2.10, closing";
    public const string PutOff = "421 4.7.0 [RP01] Mail from 192.0.2.10 is put off for its volume and complaints about it";
    public const string Blocked = "554 5.7.1 [RP02] Mail from 192.0.2.10 is refused, the sender's reputation is too low";
    public const string Spam = "554 5.7.1 The content of this message looks like spam";
    public const string Down = "451 4.3.0 The mail system is not ready, come back later";
    public const string Transient = "451 4.4.2 Internal error, come back later";
    public const string Unknown = "550 5.1.1 No such user here";
    public const string MailboxFull = "452 4.2.2 The mailbox is full";
    public const string Greylisted = "451 4.7.1 Greylisted, try again in 5 minutes";

    public static IReadOnlyList<ReplyTrigger> Triggers { get; } =
    [
        Trigger("too-much", @"^421 4\.7\.28 Too much mail", 2, TriggerAction.Rate, 0.5, true, TimeSpan.FromMinutes(30), TooMuch),
        Trigger("too-many-connections", @"^421 4\.7\.5 Too many concurrent connections", 2, TriggerAction.Connections, 0.5, true, TimeSpan.FromMinutes(30), TooManyConnections),
        Trigger("put-off", @"^421 .*\[RP01\]", 2, TriggerAction.Suspend, 0, false, TimeSpan.FromHours(1), PutOff),
        Trigger("blocked", @"^554 .*\[RP02\]", 5, TriggerAction.Suspend, 0, false, TimeSpan.FromHours(2), Blocked),
    ];

    /// <summary>The same, but what asks for less gets a fixed small rate, as rules of other MTAs do.</summary>
    public static IReadOnlyList<ReplyTrigger> FixedRateTriggers { get; } =
        [Trigger("too-much", @"^421 4\.7\.28 Too much mail", 2, TriggerAction.Rate, 600, false, TimeSpan.FromMinutes(30), TooMuch), .. Triggers.Skip(1)];

    private static ReplyTrigger Trigger(string id, string pattern, int count, TriggerAction action, double value, bool isShare, TimeSpan duration, string sample) =>
        new(id, new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), count, TimeSpan.FromHours(1), action, value, isShare, duration, [sample]);

    /// <param name="words">Such as "421 4.7.0 text".</param>
    public static SmtpReply ToReply(string words)
    {
        var text = words[4..];
        return new SmtpReply(int.Parse(words.AsSpan(0, 3), CultureInfo.InvariantCulture), EnhancedStatusCode.TryParse(text, out var status) ? status : null, text, SmtpCommand.EndOfData);
    }
}
