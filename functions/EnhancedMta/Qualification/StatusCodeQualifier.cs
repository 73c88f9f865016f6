using System.Globalization;
using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>Qualifies by the enhanced status code, and by the basic code and its command where that says nothing.</summary>
public sealed class StatusCodeQualifier : IQualifier
{
    public Verdict Qualify(SmtpReply reply, string? mxHost)
    {
        if (!reply.IsPermanent && !reply.IsTransient)
            return new Verdict(FailureType.Soft, CampaignReason.NotDefined, BounceCode.Undetermined, ReplyClass.Undetermined,
                string.Create(CultureInfo.InvariantCulture, $"code-{reply.Code}"), Final: false);

        var (meaning, rule) = Find(reply);
        var verdict = reply.IsPermanent ? meaning.Permanent(rule) : meaning.ForNow(rule);
        // Before MAIL nothing was said of the message: whatever the words, it is the session that failed.
        return IsSession(reply.Command) ? AsSession(verdict) : verdict;
    }

    public Verdict Qualify(LocalError error) => LocalMeanings.Find(error);

    private static (Meaning Meaning, string Rule) Find(SmtpReply reply)
    {
        if (TextMeanings.OverStatus(reply) is { } strong)
            return strong;
        // A status whose class contradicts the basic code is no guide (RFC 2034 §4).
        if (reply.Status is { } status && status.Class == reply.Code / 100
            && StatusMeanings.Find(status.Subject, status.Detail) is { } known
            && !(IsVague(status) && TextMeanings.UnderStatus(reply) is not null))
            return (reply.Code == 421 ? Meaning.Session : known, $"status-{status}");
        if (TextMeanings.UnderStatus(reply) is { } weak)
            return weak;
        return (CodeMeanings.Find(reply.Code, reply.Command),
            string.Create(CultureInfo.InvariantCulture, $"code-{reply.Code}-{CodeMeanings.Name(reply.Command)}"));
    }

    // 4.7.0 and 4.7.1 are what a milter says when it was told to say 4xx.
    private static bool IsVague(EnhancedStatusCode status) => status is { Class: 4, Subject: 7, Detail: 0 or 1 };

    private static bool IsSession(SmtpCommand command) =>
        command is SmtpCommand.Greeting or SmtpCommand.Ehlo or SmtpCommand.StartTls or SmtpCommand.Auth;

    private static Verdict AsSession(Verdict verdict) => verdict.Class is ReplyClass.PolicyRefusal or ReplyClass.AuthenticationRefusal or ReplyClass.Throttled
        ? verdict with { Final = false }
        : Meaning.Session.ForNow(verdict.Rule);
}
