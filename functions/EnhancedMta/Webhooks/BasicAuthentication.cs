namespace EnhancedMta.Webhooks;

/// <summary>HTTP Basic (RFC 7617).</summary>
internal static class BasicAuthentication
{
    private const string Scheme = "Basic ";

    /// <param name="request">What came.</param>
    /// <param name="credentials">The secret <c>user:password</c>.</param>
    public static bool Proves(WebhookRequest request, SharedSecret credentials)
    {
        if (request.Header("Authorization") is not { } value || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var text = value.AsSpan(Scheme.Length).Trim();
        var octets = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, octets, out var length) && credentials.Matches(octets.AsSpan(0, length));
    }
}
