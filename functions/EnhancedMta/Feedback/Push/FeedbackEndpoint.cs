using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Feedback.Push;

/// <summary>A URL that feedback is pushed to. Deliveries that name the same one share its state.</summary>
/// <param name="Url">Absolute, http or https.</param>
public sealed record FeedbackEndpoint(Uri Url)
{
    public const string Rule = "must be an absolute https URL of at most 2,048 characters, without user name, password and fragment, such as \"https://campaign.example.com/nms/jsp/feedback.jssp\".";

    private const int MaxLength = 2_048;

    /// <summary>Short, and fit for keys and addresses.</summary>
    public string Id { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Url.AbsoluteUri)).AsSpan(0, 8));

    /// <summary>For people: without the query, which may hold a secret.</summary>
    public string Shown => Url.GetLeftPart(UriPartial.Path);

    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url)
        && text.Length <= MaxLength
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
        && url is { UserInfo: "", Fragment: "", Host.Length: > 0 };
}
