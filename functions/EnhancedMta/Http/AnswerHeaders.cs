using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Http;

/// <summary>What every answer tells browsers and caches, unless its endpoint says otherwise.</summary>
public static class AnswerHeaders
{
    /// <summary>To be called before the function.</summary>
    public static void Set(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        // Replies of strangers' servers stand in our JSON: it is not to be taken for a page.
        response.Headers.XContentTypeOptions = "nosniff";
        // Addresses of recipients, too.
        response.Headers.CacheControl = "no-store";
    }
}
