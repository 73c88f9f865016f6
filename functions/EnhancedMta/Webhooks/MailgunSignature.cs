using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Webhooks;

/// <summary>
/// Mailgun's signature: HMAC-SHA256 of timestamp and token. It does not cover the event, so whoever got hold of one could put any event beside
/// it: therefore it must be recent, and a token stands for one event only. A return path that bears our MAC is what protects the log in the end.
/// </summary>
internal sealed class MailgunSignature(IReadOnlyList<byte[]> keys, TimeProvider clock)
{
    /// <summary>Mailgun tries again for 8 hours, and nothing published says that it signs anew.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(12);

    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(10);

    private readonly TokenUses _uses = new();

    /// <param name="signature">The object of that name.</param>
    /// <param name="eventId">Of the event beside it.</param>
    /// <returns>Why it proves nothing; null when it is Mailgun's.</returns>
    /// <exception cref="EventFaultException">It is not of that form.</exception>
    public string? Fault(EventFields signature, string eventId)
    {
        var (timestamp, token, hex) = (signature.Required("timestamp"), signature.Required("token"), signature.Required("signature"));
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Convert.FromHexString(hex, presented, out _, out var length) != System.Buffers.OperationStatus.Done || length != presented.Length)
            return "the signature is not 64 hexadecimal digits";
        var signed = Encoding.UTF8.GetBytes(timestamp + token);
        var proven = false;
        foreach (var key in keys)
            proven |= CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, signed), presented);
        if (!proven)
            return "the signature is not of this timestamp and token, or of another key";

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return "the timestamp is no number of seconds";
        var age = clock.GetUtcNow().ToUnixTimeSeconds() - (decimal)seconds;
        if (age > (decimal)MaxAge.TotalSeconds || age < -(decimal)MaxSkew.TotalSeconds)
            return "the timestamp is too far from now";
        return _uses.IsFirstOrSame(token, eventId) ? null : "the token came with another event before";
    }

    /// <summary>Which event a token came with, of the last ones that this process saw.</summary>
    private sealed class TokenUses
    {
        private const int Capacity = 10_000;

        private readonly Lock _lock = new();
        private readonly Dictionary<string, string> _events = new(StringComparer.Ordinal);
        private readonly Queue<string> _order = new();

        public bool IsFirstOrSame(string token, string eventId)
        {
            lock (_lock)
            {
                if (_events.TryGetValue(token, out var known))
                    return known == eventId;
                if (_order.Count == Capacity)
                    _events.Remove(_order.Dequeue());
                _events.Add(token, eventId);
                _order.Enqueue(token);
                return true;
            }
        }
    }
}
