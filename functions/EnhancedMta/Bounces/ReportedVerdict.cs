using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Bounces;

/// <summary>What a report means: the words first, then the status, then what the source itself makes of it.</summary>
public static class ReportedVerdict
{
    /// <summary>Id of the rule of verdicts that are the source's own.</summary>
    public const string ClaimedRule = "report-claimed";

    /// <returns>Null when it is about no delivery.</returns>
    public static Verdict? Of(BounceReportKind kind, SmtpReply? reply, EnhancedStatusCode? status, string? remoteMta, ReplyClass? claimed, IQualifier qualifier)
    {
        ArgumentNullException.ThrowIfNull(qualifier);
        return kind switch
        {
            BounceReportKind.Failed => Cause(reply, status, remoteMta, claimed, qualifier),
            // Still queued there: the cause tells why, and nothing has failed.
            BounceReportKind.Delayed => Cause(reply, status, remoteMta, claimed, qualifier) with { Type = FailureType.Ignored, Final = false },
            BounceReportKind.Delivered => OfClass(ReplyClass.Delivered, "report-delivered"),
            BounceReportKind.Complaint => OfClass(ReplyClass.Complaint, "report-complaint"),
            BounceReportKind.Unsubscribe => OfClass(ReplyClass.Unsubscribe, "report-unsubscribe"),
            BounceReportKind.AutoReply => OfClass(ReplyClass.AutoReply, "report-auto-reply"),
            BounceReportKind.ChallengeResponse => OfClass(ReplyClass.ChallengeResponse, "report-challenge-response"),
            _ => null,
        };
    }

    private static Verdict Cause(SmtpReply? reply, EnhancedStatusCode? status, string? remoteMta, ReplyClass? claimed, IQualifier qualifier)
    {
        // A status apart completes words that have none; one of another class than the code is no guide.
        var words = reply switch
        {
            { Status: null } when status is { } known && (reply.Code == 0 || reply.Code / 100 == known.Class) => reply with { Status = known },
            null when status is { } alone => new SmtpReply(0, alone, "", SmtpCommand.Unknown),
            _ => reply,
        };
        if (words is not null)
        {
            var verdict = qualifier.Qualify(words, remoteMta);
            if (verdict.Class is not (ReplyClass.GenericPermanent or ReplyClass.Undetermined) || claimed is null)
                return verdict;
        }
        return OfClass(claimed ?? ReplyClass.GenericPermanent, claimed is null ? "report-failed" : ClaimedRule);
    }

    private static Verdict OfClass(ReplyClass @class, string rule)
    {
        var meaning = ClassMeanings.Of(@class);
        return new Verdict(meaning.Type, meaning.Reason, meaning.Code, @class, rule, Final: true);
    }
}
