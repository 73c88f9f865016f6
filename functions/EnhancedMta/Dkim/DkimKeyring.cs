namespace EnhancedMta.Dkim;

/// <summary>The signing keys, as they were read last.</summary>
public sealed class DkimKeyring
{
    private volatile KeyringSnapshot _current;

    /// <summary>Without what other parts have yet to read: <see cref="KeyringRefresh"/>.</summary>
    internal DkimKeyring(KeyringSnapshot first) => _current = first;

    internal KeyringSnapshot Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>How mail from this domain is signed.</summary>
    /// <param name="domain">Of the From address, lower case, A-labels.</param>
    public DkimKeyLookup Find(string domain) => _current.Find(domain);
}
