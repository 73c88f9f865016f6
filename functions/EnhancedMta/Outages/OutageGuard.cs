using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Incidents;
using EnhancedMta.Providers;
using EnhancedMta.Qualification;
using EnhancedMta.Sites;

namespace EnhancedMta.Outages;

/// <summary>
/// Keeps a provider's failure day from burning good addresses: while a site calls far more addresses unknown than it usually does, or
/// addresses that took mail lately, the verdict is held and the message tried again.
/// </summary>
/// <remarks>
/// Decisions are made in memory; processes exchange what they saw through one row for each provider or site. What a process that dies had
/// not told yet is lost, and nothing but a little statistics with it.
/// </remarks>
public sealed class OutageGuard(TableClient table, ProviderDirectory providers, IncidentLog incidents, TimeProvider clock)
{
    /// <summary>Id of the rule that held verdicts carry.</summary>
    public const string RuleId = "outage-guard";

    private static readonly long WindowTicks = TimeSpan.FromMinutes(10).Ticks;

    // Mere acceptances can wait: they only make the usual rate and the sample.
    private static readonly TimeSpan Leisure = TimeSpan.FromMinutes(5);

    // Beyond this, sites without news are forgotten and read again when needed.
    private const int MaxSites = 5_000;

    private readonly ConcurrentDictionary<string, SiteAnswers> _sites = new(StringComparer.Ordinal);

    /// <summary>A message was taken.</summary>
    /// <param name="site">By whom.</param>
    /// <param name="address">For whom.</param>
    /// <param name="wasHeld">Its last verdict was held.</param>
    public void Accepted(Site site, string address, bool wasHeld)
    {
        var answers = Answers(site);
        lock (answers)
        {
            answers.Since += new AnswerCounts(1, 0, 0, 0);
            answers.FreshChanged |= answers.Fresh.Add(AcceptedSample.Hash(address), clock.GetUtcNow());
            if (wasHeld)
                answers.AcceptedAfterAll++;
        }
    }

    /// <summary>An address was called unknown for good.</summary>
    /// <param name="site">By whom.</param>
    /// <param name="address">Which.</param>
    /// <param name="wasHeld">Its last verdict was held.</param>
    /// <param name="verdict">What the rules say.</param>
    /// <param name="cancellationToken">Ends the first look into the table.</param>
    /// <returns>The verdict, or the one to use instead while it is held.</returns>
    public async Task<Verdict> RefusedAsync(Site site, string address, bool wasHeld, Verdict verdict, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var answers = Answers(site);
        if (!answers.IsRead)
            await ReadAsync(answers, cancellationToken).ConfigureAwait(false);
        Hold? begun = null;
        bool held;
        lock (answers)
        {
            var now = clock.GetUtcNow();
            var hash = AcceptedSample.Hash(address);
            var covered = answers.Known.Sample.Covers(hash) && answers.Fresh.Covers(hash);
            var accepted = covered && (answers.Known.Sample.Contains(hash) || answers.Fresh.Contains(hash));
            // A second refusal of a held address is no second unknown user.
            if (wasHeld)
                answers.RefusedAgain++;
            else
                answers.Since += new AnswerCounts(0, 1, covered ? 1 : 0, accepted ? 1 : 0);
            var known = answers.Known.At(Window(now));
            if (answers.Hold is null or { State: HoldState.Reversed } && OutageRule.Find(known.Usual, known.Previous + known.Current + answers.Since) is { } because)
                answers.Begun = begun = new Hold(HoldState.Holding, now, because, 0, 0);
            held = answers.Hold is { } hold && hold.Known(now) == HoldState.Holding;
        }
        if (begun is not null)
            await incidents.RaiseAsync("outage", answers.Known.Name, $"Verdicts of unknown users are held and the messages tried again: {begun.Because}.", cancellationToken).ConfigureAwait(false);
        return held ? Held(verdict) : verdict;
    }

    /// <summary>Exchanges with the other processes what came since the last time. Storage that fails now is asked next time.</summary>
    /// <param name="all">Also what could wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ExchangeAsync(bool all, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var (key, answers) in _sites)
        {
            bool due;
            lock (answers)
                due = answers.HasNews ? all || answers.IsUrgent || now - answers.Exchanged > Leisure : answers.IsRead && answers.Hold is { State: HoldState.Holding };
            if (due)
                await ExchangeAsync(answers, cancellationToken).ConfigureAwait(false);
            else if (_sites.Count > MaxSites && !answers.HasNews)
                _sites.TryRemove(key, out _);
        }
    }

    /// <summary>Verdict held: what was refused may be right tomorrow.</summary>
    private static Verdict Held(Verdict verdict)
    {
        var meaning = ClassMeanings.Of(ReplyClass.Held);
        return verdict with { Type = meaning.Type, Reason = meaning.Reason, Code = meaning.Code, Class = ReplyClass.Held, Rule = RuleId, Final = false };
    }

    private async Task ReadAsync(SiteAnswers answers, CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.GetEntityIfExistsAsync<TableEntity>(SiteRow.Partition, answers.Known.Key, null, cancellationToken).ConfigureAwait(false);
            lock (answers)
            {
                if (row.HasValue && !answers.IsRead)
                    answers.Known = SiteRow.Read(row.Value!);
                answers.IsRead = true;
            }
        }
        catch (RequestFailedException)
        {
            // Judged by what this process saw; the next exchange asks again.
        }
    }

    private async Task ExchangeAsync(SiteAnswers answers, CancellationToken cancellationToken)
    {
        // 1. Take what came since. 2. Read the row, add, write on its ETag. 3. What could not be written goes back.
        AnswerCounts since;
        AcceptedSample fresh;
        long accepted, refused;
        Hold? begun;
        SiteRow known;
        lock (answers)
        {
            (since, fresh, accepted, refused, begun, known) = (answers.Since, answers.Fresh, answers.AcceptedAfterAll, answers.RefusedAgain, answers.Begun, answers.Known);
            (answers.Since, answers.Fresh, answers.FreshChanged, answers.AcceptedAfterAll, answers.RefusedAgain) = (default, new AcceptedSample(), false, 0, 0);
        }
        try
        {
            var (after, ended) = await WriteAsync(known, since, fresh, accepted, refused, begun, cancellationToken).ConfigureAwait(false);
            lock (answers)
            {
                answers.Known = after;
                answers.IsRead = true;
                answers.Exchanged = clock.GetUtcNow();
                if (answers.Begun == begun)
                    answers.Begun = null;
            }
            if (ended is not null)
                await incidents.RaiseAsync("outage", after.Name, ended, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException)
        {
            lock (answers)
            {
                answers.Since += since;
                answers.Fresh.Merge(fresh);
                answers.FreshChanged = true;
                answers.AcceptedAfterAll += accepted;
                answers.RefusedAgain += refused;
            }
        }
    }

    private async Task<(SiteRow After, string? Ended)> WriteAsync(
        SiteRow known, AnswerCounts since, AcceptedSample fresh, long accepted, long refused, Hold? begun, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var row = await table.GetEntityIfExistsAsync<TableEntity>(SiteRow.Partition, known.Key, null, cancellationToken).ConfigureAwait(false);
            var site = (row.HasValue ? SiteRow.Read(row.Value!) : known with { ETag = default }).At(Window(now));
            site.Sample.Merge(fresh);
            var hold = site.Hold is null or { State: HoldState.Reversed } ? begun ?? site.Hold : site.Hold;
            var state = hold?.State;
            if (hold is not null)
            {
                hold = hold with { AcceptedAfterAll = hold.AcceptedAfterAll + accepted, RefusedAgain = hold.RefusedAgain + refused };
                hold = hold with { State = hold.Known(now) };
            }
            // Known to be real: from now on that is what is usual here.
            var after = site with { Name = known.Name, Hosts = known.Hosts, Current = site.Current + since, Hold = hold is { State: HoldState.WasReal } ? null : hold };
            try
            {
                var entity = after.ToRow(now);
                var answer = row.HasValue
                    ? await table.UpdateEntityAsync(entity, row.Value!.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false)
                    : await table.AddEntityAsync(entity, cancellationToken).ConfigureAwait(false);
                return (after with { ETag = answer.Headers.ETag ?? default }, state == HoldState.Holding ? Ended(hold!) : null);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                // Another process was first: add to what it wrote.
            }
        }
    }

    private static string? Ended(Hold hold) => hold.State switch
    {
        HoldState.WasOutage => $"It was an outage: {hold.AcceptedAfterAll} addresses called unknown took the mail later. Verdicts given before the hold are being reversed.",
        HoldState.WasReal => $"The addresses are wrong: {hold.RefusedAgain} were refused again. Their messages fail with the next attempt.",
        _ => null,
    };

    private SiteAnswers Answers(Site site)
    {
        var provider = providers.Find(site.Hosts[0].Name);
        return _sites.GetOrAdd(provider?.Name ?? site.Key, static (key, made) => new SiteAnswers(new SiteRow
        {
            Key = key,
            Name = made.provider?.Label ?? made.site.Name,
            Hosts = made.provider is null ? [.. made.site.Hosts.Select(h => h.Name)] : [],
        }), (provider, site));
    }

    private static long Window(DateTimeOffset time) => time.UtcTicks / WindowTicks;
}
