using Azure;
using Azure.Identity;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Dkim;

/// <summary>Reads keys and states again. What cannot be read now stays as it was read last.</summary>
internal sealed partial class KeyringRefresh : IDisposable
{
    private static readonly TimeSpan VaultInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(20);

    // A vault that does not answer must not keep the app from starting: mail waits for its keys, not the app.
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(15);

    private readonly DkimSettings _settings;
    private readonly SettingsKeys _settingsKeys;
    private readonly VaultKeys? _vault;
    private readonly DomainStates _domains;
    private readonly TimeProvider _clock;
    private readonly ILogger<KeyringRefresh> _logger;
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lazy<Task> _first;

    // Null until they are read for the first time.
    private IReadOnlyList<DkimKeyEntry>? _vaultKeys;
    private IReadOnlyDictionary<string, DomainState>? _states;
    private DateTimeOffset _vaultAsked;
    private volatile string? _vaultFault;

    public KeyringRefresh(DkimSettings settings, VaultKeys? vault, DomainStates domains, TimeProvider clock, ILogger<KeyringRefresh> logger)
    {
        (_settings, _vault, _domains, _clock, _logger) = (settings, vault, domains, clock, logger);
        _settingsKeys = new SettingsKeys(settings.Keys);
        _first = new Lazy<Task>(FirstAsync);
        Keyring = new DkimKeyring(Snapshot(_settingsKeys.Read()), () => _first.Value);
    }

    /// <summary>What is kept fresh.</summary>
    public DkimKeyring Keyring { get; }

    /// <summary>Why the vault could not be read last; null when it could.</summary>
    public string? VaultFault => _vaultFault;

    /// <summary>Everything was read at its last turn: what is not there does not exist.</summary>
    public bool IsCurrent => Keyring.Current.IsComplete && _vaultFault is null;

    /// <summary>Looks at settings' files and states; at the vault when its turn has come, or a key is missing that others sign with.</summary>
    /// <param name="vaultNow">At the vault in any case.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task RefreshAsync(bool vaultNow, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ReadStatesAsync(cancellationToken).ConfigureAwait(false);
            var given = _settingsKeys.Read();
            if (_vault is not null && (vaultNow || IsVaultDue(given)))
                await ReadVaultAsync(_vault, cancellationToken).ConfigureAwait(false);
            // What was read holds, also when there was no time for the rest.
            Keyring.Current = Snapshot(given);
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Reads for the first time, once for all who wait for it.</summary>
    public Task ReadFirstAsync() => _first.Value;

    public void Dispose() => _one.Dispose();

    private async Task FirstAsync()
    {
        using var limit = new CancellationTokenSource(FirstLimit);
        try
        {
            await RefreshAsync(vaultNow: false, limit.Token).ConfigureAwait(false);
        }
        // Whoever waits goes on with what there is, and the next look may go better.
        catch (Exception e)
        {
            LogFirst(e);
        }
    }

    private bool IsVaultDue(IReadOnlyList<DkimKeyEntry> given) =>
        _clock.GetUtcNow() - _vaultAsked is var passed
        && (_vaultFault is not null ? passed >= AfterFault : _vaultKeys is null || passed >= VaultInterval || LacksKey(given));

    private KeyringSnapshot Snapshot(IReadOnlyList<DkimKeyEntry> given)
    {
        var notRead = _vault is not null && _vaultKeys is null ? $"The key vault has not been read yet ({_vaultFault ?? "it was not asked so far"})."
            : _states is null && (given.Count > 0 || _vault is not null) ? "The state of the DKIM keys has not been read yet from the table 'domains'."
            : null;
        return new KeyringSnapshot([.. given, .. _vaultKeys ?? []], _states, _settings.UnsignedDomains, notRead, _vaultFault is null ? null : Keyring?.Current);
    }

    private async Task ReadStatesAsync(CancellationToken cancellationToken)
    {
        try
        {
            _states = await _domains.AllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            LogStates(e);
        }
    }

    private async Task ReadVaultAsync(VaultKeys vault, CancellationToken cancellationToken)
    {
        _vaultAsked = _clock.GetUtcNow();
        try
        {
            _vaultKeys = await vault.ReadAsync(cancellationToken).ConfigureAwait(false);
            _vaultFault = null;
        }
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException or AggregateException or OperationCanceledException)
        {
            _vaultFault = Words(e);
            LogVault(_vaultFault, e.GetType().Name);
        }
    }

    // Another process made it, or saw it first.
    private bool LacksKey(IReadOnlyList<DkimKeyEntry> given) => _states?.Values.Any(state => state.Selectors.Any(selector =>
        selector.Phase is SelectorPhase.Making or SelectorPhase.Active
        && !given.Concat(_vaultKeys ?? []).Any(entry => entry.Key is { } key && key.Domain == state.Domain && selector.IsOf(key)))) == true;

    /// <summary>The same for the same fault: the service's own words have a request's number in them.</summary>
    private static string Words(Exception fault) => fault switch
    {
        RequestFailedException { Status: 0 } or OperationCanceledException => "it does not answer",
        RequestFailedException e => $"it answers {e.Status} {e.ErrorCode}".TrimEnd(),
        AuthenticationFailedException => "the app cannot prove its identity to it",
        AggregateException { InnerExceptions: [.., var last] } => Words(last),
        _ => fault.GetType().Name,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key vault cannot be read: {Fault} ({Type}). Known keys go on.")]
    private partial void LogVault(string fault, string type);

    [LoggerMessage(Level = LogLevel.Warning, Message = "DKIM keys could not be read at first.")]
    private partial void LogFirst(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of the DKIM keys cannot be read. What is known goes on.")]
    private partial void LogStates(Exception exception);
}
