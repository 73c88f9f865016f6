using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Feedback.Push;

/// <summary>
/// Proves that a batch is ours, when it was posted, and which batch it is: HMAC-SHA256 (RFC 2104) over <c>{timestamp}.{Idempotency-Key}.{body}</c>, by each key.
/// </summary>
public static class PushSignature
{
    public const string TimestampHeader = "EnhancedMta-Timestamp";

    /// <summary><c>keyId=hex</c>, separated by commas.</summary>
    public const string SignatureHeader = "EnhancedMta-Signature";

    public static string Timestamp(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static string Sign(IEnumerable<FeedbackKey> keys, string timestamp, string idempotencyKey, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(keys);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{timestamp}.{idempotencyKey}."), .. body];
        return string.Join(',', keys.Select(key => $"{key.Id}={Convert.ToHexStringLower(HMACSHA256.HashData(key.Secret, signed))}"));
    }
}
