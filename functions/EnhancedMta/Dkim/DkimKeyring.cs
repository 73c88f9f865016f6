namespace EnhancedMta.Dkim;

/// <summary>The signing keys, as they were read last.</summary>
public sealed class DkimKeyring
{
    private readonly Func<Task> _firstRead;
    private volatile KeyringSnapshot _current;

    /// <param name="first">Without what other parts have yet to read.</param>
    /// <param name="firstRead">Reads that; never fails, and comes to an end whatever the others do.</param>
    internal DkimKeyring(KeyringSnapshot first, Func<Task> firstRead) => (_current, _firstRead) = (first, firstRead);

    internal KeyringSnapshot Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>How mail from this domain is signed.</summary>
    /// <param name="domain">Of the From address, lower case, A-labels.</param>
    public DkimKeyLookup Find(string domain) => _current.Find(domain);

    /// <summary>The same, after the first reading of all keys: work may be there before a process has read anything.</summary>
    /// <param name="domain">Of the From address, lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<DkimKeyLookup> FindAsync(string domain, CancellationToken cancellationToken) =>
        _current.IsComplete ? new(_current.Find(domain)) : AfterFirstReadAsync(domain, cancellationToken);

    private async ValueTask<DkimKeyLookup> AfterFirstReadAsync(string domain, CancellationToken cancellationToken)
    {
        await _firstRead().WaitAsync(cancellationToken).ConfigureAwait(false);
        return _current.Find(domain);
    }
}
