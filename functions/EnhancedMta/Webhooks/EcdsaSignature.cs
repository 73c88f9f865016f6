using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Webhooks;

/// <summary>Twilio SendGrid's signed event webhook: ECDSA with P-256 and SHA-256 over timestamp and raw body.</summary>
internal static class EcdsaSignature
{
    private const string SignatureHeader = "X-Twilio-Email-Event-Webhook-Signature";
    private const string TimestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp";

    /// <param name="request">What came.</param>
    /// <param name="publicKey">DER of the SubjectPublicKeyInfo.</param>
    /// <returns>Why it proves nothing; null when it is SendGrid's.</returns>
    public static string? Fault(WebhookRequest request, byte[] publicKey)
    {
        // The timestamp is signed, but its age is not looked at: an event that could not be handed over is sent again for up to 24 hours, and nothing
        // published says that it is signed anew. A replay is harmless: the same event twice changes nothing.
        if (request.Header(SignatureHeader) is not { } signature || request.Header(TimestampHeader) is not { } timestamp)
            return $"{SignatureHeader} or {TimestampHeader} is missing";
        var der = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, der, out var length))
            return $"{SignatureHeader} is no base64";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(timestamp));
        hash.AppendData(request.Body.Span);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        try
        {
            return key.VerifyHash(hash.GetHashAndReset(), der.AsSpan(0, length), DSASignatureFormat.Rfc3279DerSequence) ? null : "the signature is not of this body, or of another key";
        }
        catch (CryptographicException)
        {
            return "the signature is no DER of two numbers";
        }
    }
}
