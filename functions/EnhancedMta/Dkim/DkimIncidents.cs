namespace EnhancedMta.Dkim;

/// <summary>Kinds of incidents about signing.</summary>
public static class DkimIncidents
{
    internal const string Prefix = "dkim-";

    /// <summary>Mail of a domain waits: its key is missing or broken.</summary>
    public const string MailWaits = "dkim-key";

    /// <summary>A key was given that cannot be used. Mail waits only if it would have to sign.</summary>
    public const string BrokenKey = "dkim-broken-key";

    /// <summary>The record of a key that signs, or signed lately, is not in the DNS as it should be.</summary>
    public const string Record = "dkim-record";

    /// <summary>The key vault cannot be read.</summary>
    public const string Vault = "dkim-vault";
}
