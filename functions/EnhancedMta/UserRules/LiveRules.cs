using EnhancedMta.Incidents;

namespace EnhancedMta.UserRules;

/// <summary>
/// The rules of a kind that hold now: ours, overridden by a user's. New user's rules hold from the next look on; rules with faults are refused
/// and what held before stays; when a user's are taken away, ours alone hold.
/// </summary>
public sealed class LiveRules<TRules>(RuleKind<TRules> kind, IUserRulesSource source, IncidentLog incidents, TimeProvider clock)
    where TRules : class
{
    private const int MaxIncidentLength = 30_000;

    private volatile LiveRulesState<TRules> _state = new(kind.BuiltIn, clock.GetUtcNow(), null);
    private string? _stamp;
    private string? _content;

    /// <summary>May be another one at each call; whoever decides about one thing asks once.</summary>
    public TRules Current => _state.Rules;

    public LiveRulesState<TRules> State => _state;

    public IUserRulesSource Source => source;

    /// <summary>Takes over what has changed. One look at a time.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage does not answer; what held goes on.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var look = await source.LookAsync(_stamp, cancellationToken).ConfigureAwait(false);
            if (look.Json is { } json)
                await TakeAsync(json, cancellationToken).ConfigureAwait(false);
            else if (look.Stamp is null)
                TakeAway();
            _stamp = look.Stamp;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _stamp = null;
            await RefuseAsync(e.Message, [$"cannot be read: {e.Message}"], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var content = RuleVersion.Of([json]);
        // Written again as it was.
        if (content == _content)
            return;
        try
        {
            var rules = kind.WithUserRules(source.Name, json);
            _state = new LiveRulesState<TRules>(rules, clock.GetUtcNow(), null);
            _content = content;
        }
        catch (RuleFaultsException e)
        {
            await RefuseAsync(content, e.Faults, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TakeAway()
    {
        if (_content is null && _state.Refusal is null)
            return;
        _content = null;
        _state = new LiveRulesState<TRules>(kind.BuiltIn, clock.GetUtcNow(), null);
    }

    // Once for each content, however often it is looked at.
    private async Task RefuseAsync(string content, IReadOnlyList<string> faults, CancellationToken cancellationToken)
    {
        if (content == _content)
            return;
        _state = _state with { Refusal = new RulesRefusal(clock.GetUtcNow(), faults) };
        var detail = string.Join('\n', faults);
        if (detail.Length > MaxIncidentLength)
            detail = string.Concat(detail.AsSpan(0, detail.LastIndexOf('\n', MaxIncidentLength) is > 0 and var end ? end : MaxIncidentLength), "\n…");
        await incidents.RaiseAsync(kind.Name, source.Name, detail, cancellationToken).ConfigureAwait(false);
        // Not before it is told: storage that is away for a moment must not swallow it.
        _content = content;
    }
}

/// <param name="Rules">What holds.</param>
/// <param name="LoadedAt">Since when.</param>
/// <param name="Refusal">Why the user's rules as they are now do not hold; null when they do, or when there are none.</param>
public sealed record LiveRulesState<TRules>(TRules Rules, DateTimeOffset LoadedAt, RulesRefusal? Refusal);

/// <param name="Time">When.</param>
/// <param name="Faults">Each with line and rule.</param>
public sealed record RulesRefusal(DateTimeOffset Time, IReadOnlyList<string> Faults);
