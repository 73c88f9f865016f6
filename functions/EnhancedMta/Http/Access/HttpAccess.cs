using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Http.Access;

/// <summary>Decides whether a request may reach its function: by the key that it brings, and by how many came with that key.</summary>
public sealed class HttpAccess(AccessKeys keys, KeyRates rates)
{
    /// <summary>Where a key is sent: the Functions host's own names, which clients know.</summary>
    public const string Header = "x-functions-key";

    /// <summary>For those that can only be given an address, as providers' webhooks.</summary>
    public const string Query = "code";

    // A route value's name of AcceptBounce.
    private const string Source = "source";

    /// <returns>Null when it may; else the answer.</returns>
    public IResult? Refuse(HttpRequest request, Role role)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (role == Role.Anyone)
            return null;
        if (((string?)request.Headers[Header] ?? (string?)request.Query[Query]) is not { Length: > 0 } sent)
            return Unauthorized(request, role, "A key is missing");
        var found = keys.Find(sent);
        if (found.Count == 0)
            return Unauthorized(request, role, "The key is not valid");
        var source = request.RouteValues[Source] as string;
        if (found.FirstOrDefault(key => Opens(key, role, source)) is not { } key)
        {
            return Problems.Problem(
                StatusCodes.Status403Forbidden, "The key is for something else",
                $"It is of the role {string.Join(", ", found)}; here one of {Named(role, source)} or Admin is needed.");
        }

        var wait = rates.Take(key, role);
        if (wait == TimeSpan.Zero)
            return null;
        request.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Problems.Problem(StatusCodes.Status429TooManyRequests, "Too many requests", "This key makes more requests than it may. Put more into each one, or wait as Retry-After says.");
    }

    private static bool Opens(AccessKey key, Role role, string? source) =>
        key.Role == Role.Admin || (key.Role == role && (role != Role.Bounces || string.Equals(key.Source, source, StringComparison.OrdinalIgnoreCase)));

    private IResult Unauthorized(HttpRequest request, Role role, string title)
    {
        // RFC 9110 §11.6.1 wants a challenge. No registered scheme fits, and one that browsers know would open a window.
        request.HttpContext.Response.Headers.WWWAuthenticate = $"Key realm=\"EnhancedMta\", header=\"{Header}\"";
        var source = request.RouteValues[Source] as string;
        return Problems.Problem(
            StatusCodes.Status401Unauthorized, title,
            keys.IsEmpty
                ? $"No key is set up: set EnhancedMta__Keys__{Role.Admin}__0, and one for each role."
                : $"Send a key of the role {Named(role, source)} or Admin in the header {Header}.");
    }

    private static string Named(Role role, string? source) => role == Role.Bounces ? $"{role} {source}" : $"{role}";
}
