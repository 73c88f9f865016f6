using EnhancedMta.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EnhancedMta.Http;

/// <summary>The dashboard's page and its files. They hold no data: what the page shows it asks the API for, with the key that its reader typed.</summary>
public sealed class DashboardEndpoints(DashboardAssets assets)
{
    /// <summary>
    /// Nothing but our own files runs or is loaded, nothing may frame the page or be sent elsewhere, and no text can become markup
    /// (Trusted Types): replies of mail servers are shown, and they are hostile.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary><c>GET dashboard</c></summary>
    public IResult Page(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The page names its files relative to where it is, so that it works under any route prefix.
        if (request.Path.Value?.EndsWith('/') == true)
            return Results.Redirect("../dashboard");
        return Answer(request, assets.Page, "no-cache");
    }

    /// <summary><c>GET dashboard/{version}/{asset}</c></summary>
    public IResult Asset(HttpRequest request, string version, string asset)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!assets.TryFind(asset, out var found))
            return Problems.Problem(StatusCodes.Status404NotFound, "Unknown file", "The dashboard has no such file. Its page is GET /api/dashboard.");
        // Another version is asked for while instances of two releases run: what is here serves, but is not kept.
        return Answer(request, found, version == assets.Version ? "public, max-age=31536000, immutable" : "no-store");
    }

    private static IResult Answer(HttpRequest request, DashboardAsset asset, string caching)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = caching;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        var compress = request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality is not 0);
        if (compress)
            headers.ContentEncoding = "gzip";
        return Results.Bytes(
            compress ? asset.Compressed : asset.Content, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{(compress ? "-gzip" : "")}\""));
    }
}
