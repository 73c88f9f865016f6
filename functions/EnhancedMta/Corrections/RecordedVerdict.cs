using System.Globalization;
using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;

namespace EnhancedMta.Corrections;

/// <summary>A failed message's verdict, with the words that it was given on.</summary>
/// <param name="Message">Its row.</param>
/// <param name="Reply">The remote's words, as far as they were kept.</param>
/// <param name="MxHost">Who said them.</param>
public sealed record RecordedVerdict(MessageRow Message, SmtpReply Reply, string? MxHost)
{
    /// <summary>
    /// Of a failed message; null when no words are recorded, because it failed for a reason of ours, and when an outage is known to be behind
    /// the words: whatever rules make of them, the address is not to blame.
    /// </summary>
    public static RecordedVerdict? Of(MessageRow message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.State != MessageState.Bounced || message.Rule is null || message.Class == ReplyClass.Held || message.Reply is not { Length: > 0 } words)
            return null;
        var said = message.History.LastOrDefault(entry => entry.Reply is not null);
        var command = Enum.TryParse<SmtpCommand>(said?.Command, out var known) ? known : SmtpCommand.Unknown;
        // Rows hold code and text as the server gave them; a report without a code holds text alone.
        var reply = words.Length >= 3 && words[0] is '4' or '5' && int.TryParse(words.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) && (words.Length == 3 || words[3] == ' ')
            ? new SmtpReply(code, QuotedReply.FindStatus(words.AsSpan(3)), words.Length > 4 ? words[4..] : "", command)
            : QuotedReply.Parse(words, command);
        return new RecordedVerdict(message, reply, said?.MxHost);
    }

    /// <summary>The verdict changes something that Campaign is told.</summary>
    public bool Differs(Verdict now)
    {
        ArgumentNullException.ThrowIfNull(now);
        // What the source itself made of it holds until the rules can tell something from the words.
        if (Message.Rule == ReportedVerdict.ClaimedRule && now.Class is ReplyClass.GenericPermanent or ReplyClass.Undetermined)
            return false;
        return now.Type != Message.FailureType || now.Reason != Message.Reason || now.Code != Message.BounceCode || now.Class != Message.Class;
    }
}
