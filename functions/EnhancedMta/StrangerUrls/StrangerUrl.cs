using System.Diagnostics.CodeAnalysis;

namespace EnhancedMta.StrangerUrls;

/// <summary>
/// What is asked of a URL before it is kept, when somebody else than the operator chose it: for a clear message at once. What a name leads
/// to is another matter, and may change: <see cref="StrangerHttp"/> looks at it for each connection.
/// </summary>
public static class StrangerUrl
{
    private const int MaxLength = 2048;

    /// <param name="text">What was given.</param>
    /// <param name="trusted">Hosts that may be reached without TLS, and by address.</param>
    /// <param name="url">Absolute, without user name, password and fragment.</param>
    /// <param name="error">What is wrong, after the name of the field: "must be …".</param>
    public static bool TryParse(string? text, TrustedHosts trusted, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        error = !Uri.TryCreate(text, UriKind.Absolute, out url) ? "must be an absolute URL"
            : text!.Length > MaxLength ? "is longer than 2,048 characters"
            : Fault(url, trusted);
        if (error is not null)
            url = null;
        return error is null;
    }

    private static string? Fault(Uri url, TrustedHosts trusted)
    {
        var isTrusted = trusted.Contains(url.IdnHost);
        if (url.Scheme != Uri.UriSchemeHttps && !(isTrusted && url.Scheme == Uri.UriSchemeHttp))
            return "must begin with https://";
        if (url.UserInfo.Length > 0)
            return "must not hold a user name or password";
        if (url.Fragment.Length > 0)
            return "must not have a fragment";
        if (isTrusted)
            return null;
        if (url.HostNameType != UriHostNameType.Dns)
            return "must name a host, not an address";
        // Such names are never of the public DNS (RFC 6761 §6.3, RFC 6762 §3, RFC 8375 §4, and ICANN's resolution 2024.07.29.06 for .internal).
        return !url.IdnHost.TrimEnd('.').Contains('.') || IsInside(url.IdnHost.TrimEnd('.')) ? "must name a host that the public DNS knows" : null;
    }

    private static bool IsInside(string host) =>
        host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".home.arpa", StringComparison.OrdinalIgnoreCase);
}
