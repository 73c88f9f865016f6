using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Feedback.Push;

/// <summary>A URL that feedback is pushed to. Deliveries that name the same one share its state.</summary>
/// <param name="Url">Absolute, http or https.</param>
public sealed record FeedbackEndpoint(Uri Url)
{
    /// <summary>Short, and fit for keys and addresses.</summary>
    public string Id { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Url.AbsoluteUri)).AsSpan(0, 8));

    /// <summary>For people: without the query, which may hold a secret.</summary>
    public string Shown => Url.GetLeftPart(UriPartial.Path);
}
