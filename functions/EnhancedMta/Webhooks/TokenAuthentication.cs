namespace EnhancedMta.Webhooks;

/// <summary>A token in a header: as bearer (RFC 6750), or in one of the provider's or our own name.</summary>
internal static class TokenAuthentication
{
    /// <summary>For providers that let one choose headers.</summary>
    public const string Header = "X-EMTA-Token";

    /// <summary>For providers that only let one choose the address.</summary>
    public const string QueryParameter = "token";

    private const string Scheme = "Bearer ";

    public static bool Proves(WebhookRequest request, SharedSecret token, string header = Header)
    {
        if (request.Header("Authorization") is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && token.Matches(value[Scheme.Length..].Trim()))
            return true;
        return request.Header(header) is { } presented && token.Matches(presented);
    }

    public static bool ProvesByQuery(WebhookRequest request, SharedSecret token) =>
        request.Query[QueryParameter] is [{ Length: > 0 } presented] && token.Matches(presented);
}
