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

    public static SiteLookup Found(Site site) => new(site, null, null);

    public static SiteLookup Failed(LocalError error, string detail) => new(null, error, detail);
}
