using EnhancedMta.Smtp;

namespace EnhancedMta.Sites;

/// <summary>What the DNS (or the routes setting) said about a recipient domain: a site, or the error that stands for it.</summary>
public sealed record SiteLookup
{
    private SiteLookup(Site? site, LocalError? error, string? detail) => (Site, Error, Detail) = (site, error, detail);

    public Site? Site { get; }

    public LocalError? Error { get; }

    /// <summary>What was asked and answered, for the log.</summary>
    public string? Detail { get; }

    /// <summary>The DNS named the site's hosts with good signatures.</summary>
    public bool IsSecure { get; private init; }

    public static SiteLookup Found(Site site, bool isSecure = false) => new(site, null, null) { IsSecure = isSecure };

    public static SiteLookup Failed(LocalError error, string detail) => new(null, error, detail);
}
