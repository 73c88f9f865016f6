using System.Collections.Concurrent;

namespace EnhancedMta.Http.Access;

/// <summary>Counts each key's requests by role: a bucket of ten seconds' worth that fills again at the rate.</summary>
/// <param name="rates">A second.</param>
/// <param name="time">Fills the buckets.</param>
public sealed class KeyRates(RequestRates rates, TimeProvider time)
{
    private const int Burst = 10;

    // Only keys that are valid have one, so there are few.
    private readonly ConcurrentDictionary<AccessKey, ConcurrentDictionary<Role, Bucket>> _buckets = new(ReferenceEqualityComparer.Instance);

    /// <returns>Zero when it may go on; else after how long the next one may.</returns>
    public TimeSpan Take(AccessKey key, Role role) =>
        _buckets.GetOrAdd(key, _ => new()).GetOrAdd(role, r => new Bucket(rates[r], time)).Take();

    private sealed class Bucket(int rate, TimeProvider time)
    {
        private readonly Lock _lock = new();
        private double _tokens = (double)rate * Burst;
        private long _since = time.GetTimestamp();

        public TimeSpan Take()
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                _tokens = Math.Min((double)rate * Burst, _tokens + time.GetElapsedTime(_since, now).TotalSeconds * rate);
                _since = now;
                if (_tokens < 1)
                    return TimeSpan.FromSeconds((1 - _tokens) / rate);
                _tokens--;
                return TimeSpan.Zero;
            }
        }
    }
}
