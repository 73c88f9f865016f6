using System.Text.RegularExpressions;

namespace EnhancedMta.Webhooks;

/// <summary>Which addresses of a message may be asked: anybody can write any into one.</summary>
internal static partial class SnsUrls
{
    /// <returns>Null when it is not a signing certificate of Amazon SNS's own hosts.</returns>
    public static Uri? Certificate(string text) =>
        Own(text) is { Query: "" } url && url.AbsolutePath.EndsWith(".pem", StringComparison.Ordinal) ? url : null;

    /// <returns>Null when it is not of Amazon SNS's own hosts.</returns>
    public static Uri? Subscription(string? text) => Own(text);

    private static Uri? Own(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { IsDefaultPort: true, UserInfo: "", Fragment: "" }
            && url.Scheme == Uri.UriSchemeHttps && Host().IsMatch(url.Host) ? url : null;

    [GeneratedRegex(@"\Asns\.[a-z0-9]+(-[a-z0-9]+){2,4}\.amazonaws\.com(\.cn)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Host();
}
