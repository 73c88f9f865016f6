using System.Globalization;
using Azure;
using Azure.Identity;

namespace EnhancedMta.Dkim;

/// <summary>Shows how domains' mail is signed, and begins rotations.</summary>
public sealed class DkimDomains
{
    private const int SaveTries = 5;

    private readonly KeyringRefresh _refresh;
    private readonly VaultKeys? _vault;
    private readonly DomainStates _states;
    private readonly RecordLooks _dns;
    private readonly TimeProvider _clock;

    internal DkimDomains(KeyringRefresh refresh, VaultKeys? vault, DomainStates states, RecordLooks dns, TimeProvider clock) =>
        (_refresh, _vault, _states, _dns, _clock) = (refresh, vault, states, dns, clock);

    /// <summary>The state now, with a look at the DNS.</summary>
    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<DkimReport> ReportAsync(string domain, CancellationToken cancellationToken)
    {
        await _refresh.RefreshAsync(vaultNow: false, cancellationToken).ConfigureAwait(false);
        return await OfAsync(domain).ConfigureAwait(false);
    }

    /// <summary>Puts a new selector in line: makes its key in the vault, or takes one that is there.</summary>
    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="algorithm">Of the new key.</param>
    /// <param name="selector">Its name, or that of a selector which is to sign again; null for a name of ours.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RequestFailedException">Storage does not answer.</exception>
    public async Task<RotationStart> BeginAsync(string domain, string algorithm, string? selector, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < SaveTries; tries++)
        {
            await _refresh.RefreshAsync(vaultNow: true, cancellationToken).ConfigureAwait(false);
            var keys = _refresh.Keyring.Current;
            if (!_refresh.IsCurrent)
                return new RotationStart.NotNow(NotCurrent());
            var now = _clock.GetUtcNow();
            var state = Taken(domain, keys, now);
            var known = state.Selectors.FirstOrDefault(s => selector is not null
                ? s.Selector == selector
                : s.Algorithm == algorithm && s.Phase is SelectorPhase.Making or SelectorPhase.Pending);
            if (known is { Phase: SelectorPhase.Making or SelectorPhase.Pending or SelectorPhase.Active })
                return new RotationStart.UnderWay(await OfAsync(domain).ConfigureAwait(false));
            if (known is not null)
            {
                if (!keys.Entries.Any(entry => entry.Key is { } key && key.Domain == domain && known.IsOf(key)))
                    return new RotationStart.NotPossible($"The key of selector {selector} is not there any more; a key that is new needs a selector that is.");
                if (await _states.SaveAsync(Rotation.Return(state, known, now), cancellationToken).ConfigureAwait(false))
                    return await BegunAsync(domain, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (_vault is null)
                return new RotationStart.NotPossible($"No key vault is set ({DkimSettings.VaultSetting}), so no key can be made here. {HowToGive(domain, algorithm, selector ?? NewName(state, algorithm, now))}");

            // The name first: of two that ask at once, one makes the key. Had it no row, a second key under the same name would replace the first.
            var making = new SelectorState(selector ?? NewName(state, algorithm, now), algorithm, "", SelectorPhase.Making, now);
            if (await _states.SaveAsync(state with { Selectors = [.. state.Selectors, making] }, cancellationToken).ConfigureAwait(false))
                return await MakeAsync(_vault, domain, making, cancellationToken).ConfigureAwait(false);
        }
        return new RotationStart.NotNow("The domain's state is being changed by others all the time. Try again.");
    }

    /// <summary>Forgets the selectors of a domain whose keys were taken away for good: the domain above it signs then, if there is one.</summary>
    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Why not; null when nothing is known of it any more.</returns>
    /// <exception cref="RequestFailedException">Storage does not answer.</exception>
    public async Task<RotationStart?> ForgetAsync(string domain, CancellationToken cancellationToken)
    {
        await _refresh.RefreshAsync(vaultNow: true, cancellationToken).ConfigureAwait(false);
        var keys = _refresh.Keyring.Current;
        if (!_refresh.IsCurrent)
            return new RotationStart.NotNow(NotCurrent());
        if (keys.Entries.Where(entry => entry.Domain == domain).Select(entry => entry.Selector).ToList() is { Count: > 0 } given)
            return new RotationStart.NotPossible($"{domain} has keys: {string.Join(", ", given)}. Take them out of the vault and the settings first.");
        if (keys.States.GetValueOrDefault(domain) is { } state && !await _states.RemoveAsync(state, cancellationToken).ConfigureAwait(false))
            return new RotationStart.NotNow("The domain's state was just changed. Try again.");
        await _refresh.RefreshAsync(vaultNow: false, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private string NotCurrent() => _refresh.VaultFault is { } fault ? $"The key vault cannot be read: {fault}." : "The state of the domains cannot be read.";

    private async Task<RotationStart> MakeAsync(VaultKeys vault, string domain, SelectorState making, CancellationToken cancellationToken)
    {
        try
        {
            await vault.MakeAsync(domain, making.Selector, making.Algorithm, cancellationToken).ConfigureAwait(false);
            return await BegunAsync(domain, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException { Status: 401 or 403 } or AuthenticationFailedException)
        {
            await TakeBackAsync(domain, making, cancellationToken).ConfigureAwait(false);
            return new RotationStart.NotPossible($"The app may not write secrets to the key vault, so no key can be made here. {HowToGive(domain, making.Algorithm, making.Selector)}");
        }
        // It may be there all the same. If it is, it is taken in; if not, its name is free again in some minutes.
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            return new RotationStart.NotNow($"The key vault did not take the key. Look again in {Rotation.MakingLimit.TotalMinutes} minutes.");
        }
    }

    private async Task<RotationStart> BegunAsync(string domain, CancellationToken cancellationToken)
    {
        await _refresh.RefreshAsync(vaultNow: true, cancellationToken).ConfigureAwait(false);
        return new RotationStart.Begun(await OfAsync(domain).ConfigureAwait(false));
    }

    private async Task TakeBackAsync(string domain, SelectorState making, CancellationToken cancellationToken)
    {
        await _refresh.RefreshAsync(vaultNow: false, cancellationToken).ConfigureAwait(false);
        if (_refresh.Keyring.Current.States.GetValueOrDefault(domain) is { } state && state.Selectors.FirstOrDefault(s => s == making) is { } left)
            await _states.SaveAsync(state.Without(left), cancellationToken).ConfigureAwait(false);
    }

    private static DomainState Taken(string domain, KeyringSnapshot keys, DateTimeOffset now) =>
        Rotation.Take(keys.States.GetValueOrDefault(domain), domain, [.. keys.Entries.Where(e => e.Domain == domain).Select(e => e.Key).OfType<DkimKey>()], !keys.HasStateAbove(domain), allRead: false, now);

    private async Task<DkimReport> OfAsync(string domain)
    {
        var keys = _refresh.Keyring.Current;
        var lookup = keys.Find(domain);
        var found = lookup as DkimKeyLookup.Found;
        var now = _clock.GetUtcNow();
        var owner = keys.Domains.Contains(domain, StringComparer.Ordinal) ? domain : found?.Domain ?? (lookup as DkimKeyLookup.NotUsable)?.Domain ?? domain;
        var selectors = Taken(owner, keys, now).Selectors;
        return new DkimReport
        {
            Domain = domain,
            Mail = lookup switch { DkimKeyLookup.Found => "signed", DkimKeyLookup.GoesUnsigned => "unsigned", _ => "waits" },
            SigningDomain = found?.Domain,
            Detail = lookup switch
            {
                DkimKeyLookup.NotUsable(_, var reason) => reason,
                DkimKeyLookup.GoesUnsigned => $"{DkimSettings.UnsignedSetting} says so.",
                _ => null,
            },
            Selectors = await Task.WhenAll(selectors.Select(s => OfAsync(owner, s, selectors, keys))).ConfigureAwait(false),
            BrokenKeys = [.. keys.Entries.Where(entry => entry.Domain == owner && entry.Fault is not null).Select(entry => entry.Fault!)],
        };
    }

    private async Task<SelectorReport> OfAsync(string domain, SelectorState selector, IReadOnlyList<SelectorState> all, KeyringSnapshot keys)
    {
        var key = keys.Entries.Select(entry => entry.Key).OfType<DkimKey>().FirstOrDefault(key => key.Domain == domain && selector.IsOf(key));
        var sight = key is null || selector.Phase is SelectorPhase.Retired ? null : await _dns.LookAsync(key).ConfigureAwait(false);
        DateTimeOffset? keep = selector.Phase == SelectorPhase.Retiring ? selector.Since + Rotation.Overlap : null;
        return new SelectorReport
        {
            Selector = selector.Selector,
            Algorithm = selector.Algorithm,
            Bits = key?.Bits,
            Phase = selector.Phase,
            Since = selector.Since,
            Record = key is null ? null : DkimRecord.Of(key),
            Seen = sight?.Status,
            Servers = sight?.Servers,
            KeepRecordUntil = keep,
            Next = Next(domain, selector, all, key, sight, keep),
        };
    }

    private static string Next(string domain, SelectorState selector, IReadOnlyList<SelectorState> all, DkimKey? key, RecordSight? sight, DateTimeOffset? keep)
    {
        var name = DkimName.RecordName(domain, selector.Selector);
        switch (selector.Phase)
        {
            case SelectorPhase.Making:
                return "Its key is being made.";
            case SelectorPhase.Pending or SelectorPhase.Active when key is null:
                return "Its key is not there.";
            case SelectorPhase.Pending:
                return sight?.Status == RecordStatus.Right
                    ? string.Create(CultureInfo.InvariantCulture, $"Its record is seen. It signs after {Rotation.LooksNeeded} looks in a row, five minutes apart, that find it at every name server; {selector.Right} so far.")
                    : "Publish its record. It signs once every name server shows it.";
            case SelectorPhase.Active:
                return sight?.Status is RecordStatus.Right or RecordStatus.Unknown ? "It signs." : "It signs, and receivers cannot verify: publish its record.";
            case SelectorPhase.Retiring:
                return string.Create(CultureInfo.InvariantCulture, $"It signs no more. Leave {name} in the DNS until {keep:yyyy-MM-dd HH:mm} UTC: mail signed with it may still be verified.");
            default:
                return all.Any(other => other.Selector == selector.Selector && other.Phase is not SelectorPhase.Retired)
                    ? "Its key may be removed. Its name is in use for another key."
                    : $"{name} may be removed from the DNS, and its key too.";
        }
    }

    private static string NewName(DomainState state, string algorithm, DateTimeOffset now)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{(algorithm == DkimAlgorithm.Ed25519 ? "ed" : "rsa")}-{now.UtcDateTime:yyyyMMdd}");
        var free = name;
        for (var number = 2; state.Selectors.Any(selector => selector.Selector == free); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        return free;
    }

    private static string HowToGive(string domain, string algorithm, string selector) =>
        $"Make one: openssl genpkey -algorithm {(algorithm == DkimAlgorithm.Ed25519 ? "ed25519" : "rsa -pkeyopt rsa_keygen_bits:2048")} -out {selector}.pem. "
        + $"Give it as the vault's secret {VaultKeys.NameOf(domain, selector)} with the tags domain={domain} and selector={selector}, "
        + "or in the settings as EnhancedMta__Dkim__N__Domain, __Selector and __PrivateKeyFile with a number N of its own. It is taken in by itself, and signs once its record is seen.";
}
