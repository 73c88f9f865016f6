using EnhancedMta.Egresses;
using EnhancedMta.Paths;
using EnhancedMta.Qualification;
using EnhancedMta.Retries;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;

namespace EnhancedMta.Relaying;

/// <summary>From the result of a try to what becomes of the message.</summary>
internal sealed class OutcomeRules(IQualifier qualifier, RetryPlan plan, TimeProvider clock)
{
    // A missing key is an operator's work: look again soon, but don't hammer the vault.
    private static readonly TimeSpan LocalFaultDelay = TimeSpan.FromMinutes(10);

    /// <summary>The validity period ended.</summary>
    public Outcome Expired(RelayItem item)
    {
        var verdict = qualifier.Qualify(LocalError.Expired);
        // Campaign shows why it did not arrive: the last soft bounce's reason, if there was one.
        if (item.Reason is { } reason)
            verdict = verdict with { Reason = (CampaignReason)reason };
        return new Outcome { Item = item, State = MessageState.Expired, Verdict = verdict };
    }

    /// <summary>The path is left alone just now.</summary>
    public static Outcome PathWaits(RelayItem item, PathHold hold, DateTimeOffset expires, AttemptResult? attempt, Egress? egress) => new()
    {
        Item = item,
        State = MessageState.Waiting,
        Attempt = attempt,
        Egress = egress,
        Due = hold.Until < expires ? hold.Until : expires,
        WaitsFor = $"the path: {hold.Why}",
        Silent = attempt is null,
    };

    /// <summary>The path's limits leave no room just now.</summary>
    public static Outcome LimitWaits(RelayItem item, LaterMessages later, string? why, DateTimeOffset expires, Egress egress) => new()
    {
        Item = item,
        State = MessageState.Waiting,
        Egress = egress,
        Due = later.Due < expires ? later.Due : expires,
        Slice = later.Slice,
        WaitsFor = why,
        Silent = true,
    };

    /// <summary>A fault of ours that says nothing about the recipient: the message waits and does not count an attempt.</summary>
    public Outcome LocalFault(RelayItem item, LocalError error, string detail, DateTimeOffset expires)
    {
        var due = clock.GetUtcNow() + LocalFaultDelay;
        return new Outcome
        {
            Item = item,
            State = MessageState.Waiting,
            Verdict = qualifier.Qualify(error),
            Attempt = new AttemptResult { Outcome = AttemptOutcome.NotSendable, Error = error, Detail = detail },
            Due = due < expires ? due : expires,
            WaitsFor = detail,
        };
    }

    /// <summary>The content is gone: nothing can be sent any more.</summary>
    public Outcome ContentLost(RelayItem item) => new()
    {
        Item = item,
        State = MessageState.Bounced,
        Verdict = qualifier.Qualify(LocalError.ContentLost) with { Final = true },
        Attempt = new AttemptResult { Outcome = AttemptOutcome.NotSendable, Error = LocalError.ContentLost, Detail = "The pack with the content can no longer be read." },
    };

    /// <summary>A try was made, or the DNS refused one.</summary>
    /// <param name="item">The message.</param>
    /// <param name="result">What the try came to.</param>
    /// <param name="egress">By which it was made.</param>
    /// <param name="expires">End of the validity period.</param>
    /// <param name="jitter">The same for all messages of a batch that fail alike, so that they wait together.</param>
    public Outcome Of(RelayItem item, AttemptResult result, Egress? egress, DateTimeOffset expires, Func<ReplyClass, int, Random> jitter)
    {
        if (result.Outcome == AttemptOutcome.Accepted)
            return new Outcome { Item = item, State = MessageState.Delivered, CountsAttempt = true, Attempt = result, Egress = egress, Taken = clock.GetUtcNow() };

        var verdict = result.Reply is { } reply
            ? OfSession(qualifier.Qualify(reply, result.MxHost), reply.Command)
            : qualifier.Qualify(result.Error ?? LocalError.Internal);
        var outcome = new Outcome
        {
            Item = item,
            State = MessageState.Bounced,
            CountsAttempt = true,
            Verdict = verdict,
            Attempt = result,
            Egress = egress,
            PossibleRepeat = result.Outcome == AttemptOutcome.InDoubt,
        };
        // In doubt, the server may have the message: not a failure of any kind, only another try.
        if (verdict.Final && result.Outcome != AttemptOutcome.InDoubt)
            return outcome;

        return Wait(outcome, expires, jitter);
    }

    /// <summary>The address was called unknown, and that is not believed yet.</summary>
    public Outcome Held(Outcome refused, Verdict verdict, DateTimeOffset expires, Func<ReplyClass, int, Random> jitter) =>
        Wait(refused with { Verdict = verdict }, expires, jitter);

    private Outcome Wait(Outcome outcome, DateTimeOffset expires, Func<ReplyClass, int, Random> jitter)
    {
        var (item, verdict, result) = (outcome.Item, outcome.Verdict!, outcome.Attempt!);
        // A throttle is no bounce: the message waits its turn, later and later while the server keeps saying so.
        var throttled = verdict.Class == ReplyClass.Throttled && result.Outcome != AttemptOutcome.InDoubt;
        var attempts = Math.Max(item.Attempts, throttled ? item.Entries : 0) + 1;
        var hint = result.Reply is { } words && RetryHint.TryRead(words.Text, out var delay) ? delay : (TimeSpan?)null;
        var next = plan.Next(verdict.Class, attempts, clock.GetUtcNow(), expires, hint, jitter(verdict.Class, attempts));
        return outcome with
        {
            State = MessageState.Waiting,
            CountsAttempt = !throttled,
            Due = next ?? expires,
            WaitsFor = next is null ? "the end of its validity" : throttled ? "the site's limits" : null,
        };
    }

    // Before MAIL nothing was said of the message: whatever the words, it is the session that failed, and another may do better.
    private static Verdict OfSession(Verdict verdict, SmtpCommand command) =>
        command is not (SmtpCommand.Greeting or SmtpCommand.Ehlo or SmtpCommand.StartTls or SmtpCommand.Auth) ? verdict
        : verdict.Type == FailureType.Hard ? verdict with { Type = FailureType.Soft, Class = ReplyClass.Session, Final = false }
        : verdict with { Final = false };
}
