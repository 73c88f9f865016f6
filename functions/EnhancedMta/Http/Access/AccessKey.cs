using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Http.Access;

/// <summary>A key as we keep it: by its hash. Random keys need no slow one.</summary>
/// <param name="Role">What it opens.</param>
/// <param name="Source">With <see cref="Role.Bounces"/>: whose.</param>
/// <param name="Hash">SHA-256 of its UTF-8 octets.</param>
public sealed record AccessKey(Role Role, string? Source, ReadOnlyMemory<byte> Hash)
{
    private const string HashPrefix = "sha256:";

    /// <summary>A key of 24 characters of base64 has 144 bits.</summary>
    private const int LeastLength = 24;

    private const int MostLength = 256;

    /// <summary>Reads a setting: the key itself, or <c>sha256:</c> and the hash in hexadecimal digits.</summary>
    /// <returns>The hash; null with a fault that goes after the setting's name.</returns>
    internal static byte[]? ReadHash(string text, out string? fault)
    {
        fault = null;
        if (text.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var hash = new byte[SHA256.HashSizeInBytes];
            var digits = text.AsSpan(HashPrefix.Length);
            if (digits.Length == 2 * hash.Length && Convert.FromHexString(digits, hash, out _, out _) == OperationStatus.Done)
                return hash;
            fault = "must have 64 hexadecimal digits after sha256:. Make them with: printf %s \"$KEY\" | sha256sum";
        }
        else if (text.Length is < LeastLength or > MostLength || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            fault = $"must have {LeastLength} to {MostLength} printable ASCII characters without spaces. Make one with: openssl rand -base64 32";
        }
        else
        {
            return HashOf(text);
        }
        return null;
    }

    internal static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    // The compiler's own version would print the hash wherever a record lands in a log.
    public override string ToString() => Source is null ? $"{Role}" : $"{Role} {Source}";
}
