using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>What the answer to one message says about the path that it took.</summary>
public enum PathOutcome
{
    Delivered,
    /// <summary>An answer about the address or the message alone: greylisted, mailbox full, unknown. It shows that the path works.</summary>
    AddressOnly,
    /// <summary>4xx, for no reason that lies with the address.</summary>
    Deferred,
    /// <summary>Too fast or too many.</summary>
    Throttled,
    /// <summary>Refused for spam, reputation or policy.</summary>
    Blocked,
}

public static class PathOutcomes
{
    /// <summary>Null when the remote said nothing that tells of the path.</summary>
    public static PathOutcome? Of(Verdict? verdict, AttemptResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Outcome == AttemptOutcome.Accepted ? PathOutcome.Delivered
            : result.Reply is { } reply && verdict is not null ? Of(verdict.Class, reply.Code >= 500)
            : null;
    }

    /// <param name="class">What the reply was qualified as.</param>
    /// <param name="permanent">5xx. A refusal for reputation that is only for now counts as deferred: "blocked" is for good.</param>
    public static PathOutcome Of(ReplyClass @class, bool permanent) => @class switch
    {
        ReplyClass.Delivered => PathOutcome.Delivered,
        ReplyClass.Throttled => PathOutcome.Throttled,
        ReplyClass.ReputationRefusal or ReplyClass.SpamRefusal or ReplyClass.PolicyRefusal or ReplyClass.ReverseDnsRefusal or ReplyClass.RelayDenied =>
            permanent ? PathOutcome.Blocked : PathOutcome.Deferred,
        // SPF, DKIM and DMARC go by the sender's domain: slower is no cure, and other senders share the path.
        ReplyClass.AuthenticationRefusal or ReplyClass.SenderRefusal => PathOutcome.AddressOnly,
        ReplyClass.Session or ReplyClass.Unreachable or ReplyClass.SystemFull or ReplyClass.SystemFailure or ReplyClass.Transient
            or ReplyClass.Dns or ReplyClass.RoutingLoop or ReplyClass.ProtocolFailure or ReplyClass.Undetermined =>
            permanent ? PathOutcome.AddressOnly : PathOutcome.Deferred,
        _ => PathOutcome.AddressOnly,
    };
}
