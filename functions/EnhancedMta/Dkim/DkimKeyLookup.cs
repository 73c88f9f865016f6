namespace EnhancedMta.Dkim;

/// <summary>How mail of a domain is signed.</summary>
public abstract record DkimKeyLookup
{
    private DkimKeyLookup()
    {
    }

    /// <summary>By all of these keys, which are of one domain.</summary>
    public sealed record Found(IReadOnlyList<DkimKey> Keys) : DkimKeyLookup
    {
        public string Domain => Keys[0].Domain;
    }

    /// <summary>Not at all, as the settings say.</summary>
    public sealed record GoesUnsigned : DkimKeyLookup;

    /// <summary>Not now: mail must wait, for it must not go out unsigned.</summary>
    /// <param name="Domain">Whose keys are missing or broken.</param>
    /// <param name="Reason">What is wrong and what to do.</param>
    public sealed record NotUsable(string Domain, string Reason) : DkimKeyLookup;
}
