using EnhancedMta.Batches;
using EnhancedMta.Dkim;
using EnhancedMta.Egresses;
using EnhancedMta.Incidents;
using EnhancedMta.Outages;
using EnhancedMta.Paths;
using EnhancedMta.Qualification;
using EnhancedMta.Retries;
using EnhancedMta.ReturnPaths;
using EnhancedMta.SendingLog;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Relaying;

/// <summary>Sends the messages of a batch, each to its site, and says what became of each.</summary>
public sealed partial class MessageRelay(
    SiteDirectory sites, SmtpPool pool, PathBackoff paths, DkimKeyring keyring, DkimSigner signer, ReturnPathCodec returnPaths, Egress egress,
    IQualifier qualifier, RetryPlan plan, OutageGuard guard, IncidentLog incidents, TimeProvider clock, ILogger<MessageRelay> logger)
{
    private readonly OutcomeRules _rules = new(qualifier, plan, clock);

    /// <summary>Works on the items until each has an outcome, or the run is stopped.</summary>
    internal async Task RelayAsync(IReadOnlyList<RelayItem> items, RelayRun run) =>
        await Task.WhenAll(items.GroupBy(i => i.Message.Domain).Select(d => DomainAsync(d.Key, [.. d], run))).ConfigureAwait(false);

    private async Task DomainAsync(string domain, IReadOnlyList<RelayItem> items, RelayRun run)
    {
        // Messages that need no site first; then the site, once for all.
        var open = items.Where(i => !SettleWithoutSite(i, run)).ToList();
        if (open.Count == 0)
            return;
        try
        {
            var lookup = await sites.FindAsync(domain, run.Stop).ConfigureAwait(false);
            if (lookup.Site is not { } site)
            {
                var result = new AttemptResult { Outcome = AttemptOutcome.NotSendable, Error = lookup.Error, Detail = lookup.Detail };
                foreach (var item in open)
                    Settle(run, _rules.Of(item, result, null, Expires(run), run.Jitter));
                return;
            }

            await paths.FindHeldAsync(egress, site, run.Stop).ConfigureAwait(false);
            await Task.WhenAll(open.Select(item => MessageAsync(item, site, run))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            // Given back with the batch.
        }
    }

    private async Task MessageAsync(RelayItem item, Site site, RelayRun run)
    {
        await run.Settler.Window.WaitAsync(run.Stop).ConfigureAwait(false);
        Outcome? outcome = null;
        try
        {
            outcome = paths.Find(egress, site) is { } held
                ? OutcomeRules.SiteWaits(item, held, Expires(run), null, egress)
                : await SendAsync(item, site, run).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            // Not begun, or cut off in the middle: still open, given back with the batch.
        }
        catch (Exception e)
        {
            LogFault(e, item.Message.MessageId);
            outcome = _rules.LocalFault(item, LocalError.Internal, $"{e.GetType().Name}: {e.Message}", Expires(run));
        }

        if (outcome is not null)
            run.Settler.Add(outcome);
        else
            run.Settler.Window.Release();
    }

    private async Task<Outcome> SendAsync(RelayItem item, Site site, RelayRun run)
    {
        run.Stop.ThrowIfCancellationRequested();
        var partition = run.Pack!.Header.LogPartition;
        var sender = returnPaths.Encode(partition.DeliveryId, partition.Shard, item.Message.MessageId);
        var content = run.Pack.Content(item.Index);
        switch (await keyring.FindAsync(item.Message.FromDomain, run.Stop).ConfigureAwait(false))
        {
            case DkimKeyLookup.Found(var keys):
                content = signer.Sign(content.Span, keys, item.Message.FromDomain, MessageTag.Field(sender));
                break;
            case DkimKeyLookup.NotUsable(var domain, var reason):
                await incidents.RaiseStandingAsync(DkimIncidents.MailWaits, domain, reason, run.Stop).ConfigureAwait(false);
                return _rules.LocalFault(item, LocalError.SigningFailed, reason, Expires(run));
            case DkimKeyLookup.GoesUnsigned:
                content = MessageTag.Before(content.Span, sender);
                break;
            default:
                // Never unsigned by oversight.
                throw new InvalidOperationException("A lookup that nobody knows.");
        }

        var to = item.Message.To;
        var mail = new OutboundMail(sender, to.ToString(), content, to.NeedsSmtpUtf8, item.Message.EightBit) { IsUrgent = run.Lane == Lane.Transactional };
        var result = await pool.SendAsync(egress, site, mail, run.Abort).ConfigureAwait(false);
        if (result.Outcome == AttemptOutcome.NoSession && IsOfTheSite(result))
        {
            var held = await paths.FailedAsync(egress, site, result, CancellationToken.None).ConfigureAwait(false);
            return OutcomeRules.SiteWaits(item, held, Expires(run), result, egress);
        }

        var outcome = _rules.Of(item, result, egress, Expires(run), run.Jitter);
        if (outcome.Verdict?.Class == ReplyClass.Throttled)
            await paths.FailedAsync(egress, site, result, CancellationToken.None).ConfigureAwait(false);
        else if (result.Outcome != AttemptOutcome.NoSession)
            await paths.WorkedAsync(egress, site, CancellationToken.None).ConfigureAwait(false);
        return await WatchedAsync(outcome, site, run).ConfigureAwait(false);
    }

    /// <summary>Tells the outage guard, which may not believe that an address is unknown.</summary>
    private async Task<Outcome> WatchedAsync(Outcome outcome, Site site, RelayRun run)
    {
        var item = outcome.Item;
        if (outcome.State == MessageState.Delivered)
            guard.Accepted(site, item.Message.To.ToString(), item.Held);
        if (outcome is not { State: MessageState.Bounced, Verdict: { Type: FailureType.Hard, Class: ReplyClass.UnknownUser } verdict })
            return outcome;
        var believed = await guard.RefusedAsync(site, item.Message.To.ToString(), item.Held, verdict, CancellationToken.None).ConfigureAwait(false);
        return believed.Class == ReplyClass.Held ? _rules.Held(outcome, believed, Expires(run), run.Jitter) : outcome;
    }

    /// <summary>
    /// No connection, a greeting that refuses, 421: nothing that a message could cause. A connection lost or silent in mid-session may
    /// be this message's doing, so it counts as its attempt, or it would be tried for ever.
    /// </summary>
    private static bool IsOfTheSite(AttemptResult result) =>
        result.Reply is not null
        || result.Error is LocalError.ConnectRefused or LocalError.ConnectTimeout or LocalError.ConnectFailed or LocalError.TlsFailed or LocalError.EgressFailed;

    private bool SettleWithoutSite(RelayItem item, RelayRun run)
    {
        if (run.Pack is null)
            Settle(run, _rules.ContentLost(item));
        else if (run.Pack.Header.Expires <= clock.GetUtcNow())
            Settle(run, _rules.Expired(item));
        else
            return false;
        return true;
    }

    /// <summary>For outcomes that no window place was taken for.</summary>
    private static void Settle(RelayRun run, Outcome outcome) => run.Settler.AddWithoutPlace(outcome);

    private static DateTimeOffset Expires(RelayRun run) => run.Pack!.Header.Expires;

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} could not be relayed for a fault of ours.")]
    private partial void LogFault(Exception exception, string messageId);
}
