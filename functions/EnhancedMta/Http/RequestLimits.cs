namespace EnhancedMta.Http;

/// <summary>Of every request, on every host. What a body may hold is its endpoint's to say.</summary>
public static class RequestLimits
{
    /// <summary>Octets of a body: what the Functions host lets through by itself.</summary>
    public const long MaxBody = 100 * 1024 * 1024;
}
