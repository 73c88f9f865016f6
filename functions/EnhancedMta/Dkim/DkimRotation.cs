using System.Collections.Concurrent;
using EnhancedMta.Incidents;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Dkim;

/// <summary>Drives the domains' rotations: what the timer does. Each step is one write of a domain's row, so it may end anywhere.</summary>
public sealed partial class DkimRotation
{
    private const int DomainsAtOnce = 8;

    private readonly DkimSettings _settings;
    private readonly KeyringRefresh _refresh;
    private readonly DomainStates _states;
    private readonly RecordLooks _dns;
    private readonly IncidentLog _incidents;
    private readonly TimeProvider _clock;
    private readonly ILogger<DkimRotation> _logger;

    internal DkimRotation(
        DkimSettings settings, KeyringRefresh refresh, DomainStates states, RecordLooks dns, IncidentLog incidents, TimeProvider clock, ILogger<DkimRotation> logger) =>
        (_settings, _refresh, _states, _dns, _incidents, _clock, _logger) = (settings, refresh, states, dns, incidents, clock, logger);

    /// <summary>Takes in new keys, looks for the records that are due, lets selectors sign and retire, and raises and ends incidents.</summary>
    /// <param name="limit">What is not done by then is left to the next run.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(limit);
        try
        {
            await _refresh.RefreshAsync(vaultNow: false, stop.Token).ConfigureAwait(false);
            var faults = new ConcurrentDictionary<(string Kind, string Subject), string>();
            // With keys unread nothing can be said of any domain.
            if (_refresh.Keyring.Current is { IsComplete: true } keys)
            {
                var changed = 0;
                await Parallel.ForEachAsync(keys.Domains.ToList(), new ParallelOptions { MaxDegreeOfParallelism = DomainsAtOnce, CancellationToken = stop.Token }, async (domain, stopped) =>
                {
                    if (await StepAsync(domain, keys, faults, stopped).ConfigureAwait(false))
                        Interlocked.Increment(ref changed);
                }).ConfigureAwait(false);
                if (changed > 0)
                    await _refresh.RefreshAsync(vaultNow: false, stop.Token).ConfigureAwait(false);
                foreach (var entry in keys.Entries.Where(entry => entry.Fault is not null))
                    faults[(DkimIncidents.BrokenKey, DkimName.RecordName(entry.Domain, entry.Selector))] = entry.Fault!;
            }
            if (_settings.Vault is { } vault && _refresh.VaultFault is { } fault)
                faults[(DkimIncidents.Vault, vault.Host)] = $"The key vault cannot be read: {fault}. Keys that were read before go on signing; mail whose keys were not waits.";
            await TellAsync(faults, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogOutOfTime();
        }
    }

    /// <returns>True when the domain's state is another one now.</returns>
    private async Task<bool> StepAsync(string domain, KeyringSnapshot keys, ConcurrentDictionary<(string Kind, string Subject), string> faults, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var entries = keys.Entries.Where(entry => entry.Domain == domain).ToList();
        var usable = entries.Select(entry => entry.Key).OfType<DkimKey>().ToList();
        var known = keys.States.GetValueOrDefault(domain);
        // The first keys sign together or not at all.
        if (known is null && usable.Count < entries.Count)
            return false;
        var state = Rotation.Take(known, domain, usable, !keys.HasStateAbove(domain), _refresh.IsCurrent, now);
        var looks = await Task.WhenAll(state.Selectors
            .Where(selector => Rotation.IsLookDue(selector, now))
            .Select(selector => (Selector: selector, Key: usable.Find(selector.IsOf)))
            .Where(due => due.Key is not null)
            .Select(async due => (due.Selector, Sight: await _dns.LookAsync(due.Key!).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (selector, sight) in looks)
            state = state.With(selector, Rotation.Note(selector, sight, now));
        state = Rotation.Advance(state, now);
        foreach (var selector in state.Selectors.Where(s => s.Phase is SelectorPhase.Active or SelectorPhase.Retiring && s.Wrong >= Rotation.LooksNeeded))
            faults[(DkimIncidents.Record, DkimName.RecordName(domain, selector.Selector))] =
                $"{(selector.Phase == SelectorPhase.Active ? "The key signs" : "Mail signed with the key may be on its way")}, and its record is {(selector.Seen == RecordStatus.Wrong ? "wrong" : "missing")}: receivers cannot verify. GET /api/domains/{domain}/dkim shows the record to publish.";
        if (ReferenceEquals(state, known))
            return false;
        // Somebody else's step came first: the next run goes on from there.
        if (!await _states.SaveAsync(state, cancellationToken).ConfigureAwait(false))
            return true;
        foreach (var selector in state.Selectors.Where(s => s.Since == now && known?.Selectors.Any(k => k.Selector == s.Selector && k.Phase == s.Phase) != true))
            LogStep(domain, selector.Selector, selector.Algorithm, selector.Phase);
        return true;
    }

    /// <summary>Raises what there is, ends what there is not any more.</summary>
    private async Task TellAsync(ConcurrentDictionary<(string Kind, string Subject), string> faults, CancellationToken cancellationToken)
    {
        foreach (var ((kind, subject), detail) in faults)
            await _incidents.RaiseStandingAsync(kind, subject, detail, cancellationToken).ConfigureAwait(false);
        foreach (var (kind, subject) in await _incidents.StandingAsync(DkimIncidents.Prefix, cancellationToken).ConfigureAwait(false))
        {
            var isOver = kind switch
            {
                // Raised by whoever met it while relaying.
                DkimIncidents.MailWaits => _refresh.Keyring.Find(subject) is not DkimKeyLookup.NotUsable,
                DkimIncidents.Vault => !faults.ContainsKey((kind, subject)),
                // Nothing was looked at without the keys.
                _ => !faults.ContainsKey((kind, subject)) && _refresh.Keyring.Current.IsComplete,
            };
            if (isOver)
                await _incidents.EndStandingAsync(kind, subject, cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "DKIM of {Domain}: selector {Selector} ({Algorithm}) is {Phase} now.")]
    private partial void LogStep(string domain, string selector, string algorithm, SelectorPhase phase);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The look at DKIM records took too long; the next run goes on.")]
    private partial void LogOutOfTime();
}
