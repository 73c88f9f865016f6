using System.Buffers.Text;
using System.Text;

namespace EnhancedMta.Feedback;

/// <summary>A place in the feed as callers keep it: everything after an event. Opaque, so that its inside may change; the first letter says its kind.</summary>
public static class FeedCursor
{
    private const string Kind = "1";

    public static string Encode(FeedEventId after) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Kind + after));

    public static bool TryDecode(string text, out FeedEventId after)
    {
        after = default;
        var octets = new byte[64];
        return text.Length <= 64
            && Base64Url.TryDecodeFromChars(Padded(text), octets, out var length)
            && Encoding.ASCII.GetString(octets, 0, length) is var inside
            && inside.StartsWith(Kind, StringComparison.Ordinal)
            && FeedEventId.TryParse(inside[Kind.Length..], out after);
    }

    // Whatever is no letter of base64url would throw.
    private static string Padded(string text) => Base64Url.IsValid(text) ? text : "";
}
