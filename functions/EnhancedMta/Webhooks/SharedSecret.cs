using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Webhooks;

/// <summary>A secret that a provider repeats in each request. Only its hash is kept, and nothing about it is told by how long a look takes.</summary>
public sealed class SharedSecret(string secret)
{
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    internal bool Matches(ReadOnlySpan<byte> presented)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(presented, hash);
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }

    internal bool Matches(string presented) => Matches(Encoding.UTF8.GetBytes(presented));
}
