using System.Diagnostics;
using EnhancedMta.Batches;
using EnhancedMta.Dkim;
using EnhancedMta.Egresses;
using EnhancedMta.Incidents;
using EnhancedMta.Modes;
using EnhancedMta.Outages;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Qualification;
using EnhancedMta.Retries;
using EnhancedMta.ReturnPaths;
using EnhancedMta.SendingLog;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.Telemetry;
using EnhancedMta.TlsPolicies;
using EnhancedMta.WarmUp;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Relaying;

/// <summary>Sends the messages of a batch, each by its path, and says what became of each.</summary>
public sealed partial class MessageRelay(
    SiteDirectory sites, TlsPolicyDirectory policies, SmtpPool pool, PathDirectory paths, DkimKeyring keyring, DkimSigner signer, ReturnPathCodec returnPaths, EgressAssignment egresses, EgressHealth health, WarmUpBudgets budgets, NativeMta native,
    IQualifier qualifier, RetryPlan plan, OutageGuard guard, IncidentLog incidents, TimeProvider clock, ILogger<MessageRelay> logger)
{
    /// <summary>Domains whose sites are known by then are grouped by path; slow DNS holds up its own domains only.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);

    private readonly OutcomeRules _rules = new(qualifier, plan, clock);
    private readonly MessageRouting _routing = new(sites, policies, paths, egresses, budgets, native, new(qualifier, plan, clock), incidents);
    private readonly MessageComposition _composition = new(keyring, signer, returnPaths, new(qualifier, plan, clock), incidents);

    /// <summary>Works on the items until each has an outcome, or the run is stopped.</summary>
    internal async Task RelayAsync(IReadOnlyList<RelayItem> items, RelayRun run)
    {
        // Messages that need no site first; then the sites; then, path by path, what may go goes and the rest gets its time.
        var open = items.Where(i => !SettleWithoutSite(i, run)).ToList();
        if (run.IsNative)
        {
            await ByPathAsync(_routing.LocateNative(open, run), run).ConfigureAwait(false);
            return;
        }

        var lookups = open.GroupBy(i => i.Message.Domain).Select(d => _routing.LocateAsync(d.Key, [.. d], run)).ToList();
        await Task.WhenAny(Task.WhenAll(lookups), Task.Delay(Gathering, run.Stop)).ConfigureAwait(false);
        var found = lookups.Where(l => l.IsCompletedSuccessfully).SelectMany(l => l.Result).ToList();
        var slow = lookups.Where(l => !l.IsCompletedSuccessfully).Select(l => LateAsync(l, run));
        await Task.WhenAll([ByPathAsync(found, run), .. slow]).ConfigureAwait(false);
    }

    private async Task LateAsync(Task<IReadOnlyList<LocatedMessage>> lookup, RelayRun run) => await ByPathAsync(await lookup.ConfigureAwait(false), run).ConfigureAwait(false);

    private Task ByPathAsync(IReadOnlyList<LocatedMessage> found, RelayRun run) =>
        Task.WhenAll(found.GroupBy(l => l.Path).Select(path => PathAsync(path.Key, [.. path], run)));

    private async Task PathAsync(PathUse path, List<LocatedMessage> messages, RelayRun run)
    {
        try
        {
            // Those that planned to come now have their room; they go first.
            var slice = Slice.At(clock.GetUtcNow());
            messages = [.. messages.OrderByDescending(m => m.Item.Slice == slice)];
            var demand = new PathDemand(Party.Of(run.Pack!.Header.LogPartition.DeliveryId, run.Lane == Lane.Transactional), messages.Count, messages.Count(m => m.Item.Slice == slice), Expires(run)) { WasPutOff = messages.TrueForAll(m => m.Item.WasWaiting) };
            var admission = await AdmitAsync(path, demand, messages, run).ConfigureAwait(false);
            Wait(messages[admission.Now..], admission, run);
            var begun = await Task.WhenAll(messages[..admission.Now].Select(m => MessageAsync(m, admission.Slice, demand.Party, run))).ConfigureAwait(false);
            var missed = messages[..admission.Now].Where((_, i) => !begun[i]).ToList();
            if (missed.Count > 0 && !run.Stop.IsCancellationRequested)
                Wait(missed, await path.PlanAsync(demand with { Count = missed.Count, Returning = 0 }, run.Stop).ConfigureAwait(false), run);
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            // Given back with the batch.
        }
        catch (Azure.RequestFailedException e)
        {
            // What the path allows is not known: nothing more goes, and the batch is given back.
            LogNoLeave(e, path.Id.Key, messages.Count);
        }
    }

    private async Task<Admission> AdmitAsync(PathUse path, PathDemand demand, List<LocatedMessage> messages, RelayRun run)
    {
        try
        {
            return await path.AdmitAsync(demand, run.Stop).ConfigureAwait(false);
        }
        catch
        {
            foreach (var message in messages)
                GiveBack(message, run);
            throw;
        }
    }

    private void Wait(List<LocatedMessage> messages, Admission admission, RelayRun run)
    {
        foreach (var message in messages)
            GiveBack(message, run);
        var next = 0;
        foreach (var later in admission.Later)
        {
            foreach (var message in messages[next..(next += later.Count)])
                Settle(run, OutcomeRules.LimitWaits(message.Item, later, admission.Why, Expires(run), message.Egress) with { Provider = message.Provider });
        }
    }

    /// <returns>False when it did not begin in time: it is to be planned anew.</returns>
    private async Task<bool> MessageAsync(LocatedMessage message, Slice? slice, Party party, RelayRun run)
    {
        var attempt = new Attempt();
        Outcome? outcome = null;
        try
        {
            outcome = await SendAsync(message, slice, attempt, run).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            // Not begun, or cut off in the middle: still open, given back with the batch.
        }
        catch (Exception e)
        {
            LogFault(e, message.Item.Message.MessageId);
            outcome = _rules.LocalFault(message.Item, LocalError.Internal, $"{e.GetType().Name}: {e.Message}", Expires(run));
        }

        if (!attempt.HasBegun)
        {
            message.Path.NotBegun(slice, party, attempt.MayBegin);
            if (outcome is not null || run.Stop.IsCancellationRequested)
                GiveBack(message, run);
        }
        else if (!attempt.IsTold)
        {
            message.Path.Finished(null);
        }

        outcome = outcome is null ? null : outcome with { Provider = message.Provider };
        if (outcome is not null && attempt.HasPlace)
            run.Settler.Add(outcome);
        else if (outcome is not null)
            Settle(run, outcome);
        else if (attempt.HasPlace)
            run.Settler.Window.Release();
        return outcome is not null || run.Stop.IsCancellationRequested;
    }

    /// <returns>Null when it did not begin.</returns>
    private async Task<Outcome?> SendAsync(LocatedMessage message, Slice? slice, Attempt attempt, RelayRun run)
    {
        var (item, site, egress, provider, path) = message;
        var policy = message.Policy is { IsEnforced: true } && TlsRequiredField.SaysNo(run.Pack!.Content(item.Index).Span) ? null : message.Policy;
        if (policies.RecentFailure(policy, site) is { } known)
            return PolicyWaits(message, known, run);
        using var span = Traces.Step("smtp", ActivityKind.Client);
        var result = await pool.SendAsync(
            path.Connections, egress, site, path.Terms with { Policy = policy }, run.Lane == Lane.Transactional, PrepareAsync, () => path.MayGoOn(attempt.Slice), run.Stop, run.Abort).ConfigureAwait(false);
        if (attempt.Fault is { } fault || result is null)
            return attempt.Fault;
        RelayMetrics.RecordPhases(result.Phases, provider);
        Tell(span, item, egress, provider, result);
        path.Finished(result.Outcome == AttemptOutcome.NoSession ? null : clock.GetElapsedTime(attempt.Began!.Value));
        attempt.IsTold = true;
        // A refusal reached the provider, at whatever step; a connection that never was did not.
        if (result is { Outcome: AttemptOutcome.NoSession, Reply: { } refusal })
            budgets.Report(egress, provider, refusal.Code >= 500 ? PathOutcome.Blocked : PathOutcome.Deferred);
        else if (result.Outcome == AttemptOutcome.NoSession)
            GiveBack(message, run);
        policies.Tell(policy, site, egress, result);
        if (result.IsPolicyFailure)
            return PolicyWaits(message, result, run);
        if (result is { Outcome: AttemptOutcome.NoSession, Error: LocalError.EgressFailed })
            return OutcomeRules.PathWaits(item, EgressHold(egress, result), Expires(run), result, egress) with { Limit = "egress" };
        if (result.Outcome == AttemptOutcome.NoSession && IsOfTheSite(result))
            return OutcomeRules.PathWaits(item, await path.SessionFailedAsync(result, CancellationToken.None).ConfigureAwait(false), Expires(run), result, egress);
        var outcome = _rules.Of(item, result, egress, Expires(run), run.Jitter);
        if (PathOutcomes.Of(outcome.Verdict, result) is { } told)
        {
            path.Observe(told, result);
            budgets.Report(egress, provider, told);
        }

        return await WatchedAsync(outcome, site, run).ConfigureAwait(false);

        async ValueTask<OutboundMail?> PrepareAsync()
        {
            await run.Settler.Window.WaitAsync(run.Stop).ConfigureAwait(false);
            attempt.HasPlace = true;
            // The place may have come free because the claim was lost.
            run.Stop.ThrowIfCancellationRequested();
            var begins = Slice.At(clock.GetUtcNow());
            // Another of its domain may have found out while this one waited for a connection.
            if (policies.RecentFailure(policy, site) is { } late)
                attempt.Fault = PolicyWaits(message, late, run);
            if (attempt.Fault is not null || !path.MayBegin(slice, run.Lane == Lane.Transactional))
                return null;
            attempt.MayBegin = true;
            (var mail, attempt.Fault) = await _composition.ComposeAsync(item, egress, run).ConfigureAwait(false);
            if (mail is not null)
                (attempt.Began, attempt.Slice) = (clock.GetTimestamp(), slice is null ? null : begins);
            return mail;
        }
    }

    // No address, no host: a domain with one mailbox says who it is.
    private static void Tell(Activity? span, RelayItem item, Egress egress, string provider, AttemptResult result) => span?
        .SetTag("enhancedmta.message", item.Message.MessageId)
        .SetTag("enhancedmta.provider", provider)
        .SetTag("enhancedmta.egress", egress.PublicId)
        .SetTag("enhancedmta.attempt", result.Outcome.ToString())
        .SetTag("enhancedmta.reply_code", result.Reply?.Code)
        .SetTag("enhancedmta.error", result.Error?.ToString())
        .SetTag("enhancedmta.open_seconds", result.Phases.Open?.TotalSeconds)
        .SetTag("enhancedmta.envelope_seconds", result.Phases.Envelope?.TotalSeconds)
        .SetTag("enhancedmta.data_seconds", result.Phases.Data?.TotalSeconds)
        .SetTag("enhancedmta.reply_seconds", result.Phases.Reply?.TotalSeconds);

    /// <summary>A message that did not reach its provider used nothing of the day's budget.</summary>
    private void GiveBack(LocatedMessage message, RelayRun run) => budgets.GiveBack(message.Egress, message.Provider, run.Lane == Lane.Transactional, 1);

    /// <summary>The recipient's domain forbids what can be had. Its messages wait; the path is well, and goes on for others.</summary>
    private Outcome PolicyWaits(LocatedMessage message, AttemptResult result, RelayRun run)
    {
        var outcome = _rules.Of(message.Item, result, message.Egress, Expires(run), run.Jitter);
        return outcome.State == MessageState.Waiting ? outcome with { Limit = "policy", WaitsFor = $"the TLS policy of {message.Item.Message.Domain}: {result.Detail}" } : outcome;
    }

    /// <summary>A failure of the egress is its own: other egresses, or the same one when it is well again, will do.</summary>
    private PathHold EgressHold(Egress egress, AttemptResult result)
    {
        var now = clock.GetUtcNow();
        return new PathHold(health.Find(egress)?.Until is { } until && until > now ? until : now + TimeSpan.FromMinutes(1), $"egress {egress}: {result.Detail}");
    }

    /// <summary>Tells the outage guard, which may not believe that an address is unknown.</summary>
    private async Task<Outcome> WatchedAsync(Outcome outcome, Site site, RelayRun run)
    {
        var item = outcome.Item;
        // An archive's answers say nothing of recipients.
        if (run.IsCopy)
            return outcome;
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
        || result.Error is LocalError.ConnectRefused or LocalError.ConnectTimeout or LocalError.ConnectFailed or LocalError.TlsFailed;

    private bool SettleWithoutSite(RelayItem item, RelayRun run)
    {
        if (run.Pack is null)
            Settle(run, _rules.ContentLost(item));
        else if (run.Expires <= clock.GetUtcNow())
            Settle(run, _rules.Expired(item));
        else
            return false;
        return true;
    }

    /// <summary>For outcomes that no window place was taken for.</summary>
    private static void Settle(RelayRun run, Outcome outcome) => run.Settler.AddWithoutPlace(outcome);

    private static DateTimeOffset Expires(RelayRun run) => run.Expires;

    /// <summary>What happens while a message is being sent.</summary>
    private sealed class Attempt
    {
        /// <summary>It holds a place in the batch's window.</summary>
        public bool HasPlace { get; set; }

        /// <summary>The path said so.</summary>
        public bool MayBegin { get; set; }

        /// <summary>The path knows what came of it.</summary>
        public bool IsTold { get; set; }

        /// <summary>A fault of ours, before anything was sent.</summary>
        public Outcome? Fault { get; set; }

        /// <summary>Null until a connection is at hand, and the message ready.</summary>
        public long? Began { get; set; }

        /// <summary>The slice that it counts to; null without a limit in messages.</summary>
        public Slice? Slice { get; set; }

        public bool HasBegun => Began is not null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What path {Path} allows could not be asked; {Count} messages are given back.")]
    private partial void LogNoLeave(Exception exception, string path, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} could not be relayed for a fault of ours.")]
    private partial void LogFault(Exception exception, string messageId);
}
