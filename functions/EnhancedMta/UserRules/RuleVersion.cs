using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.UserRules;

/// <summary>Tells rule sets apart.</summary>
internal static class RuleVersion
{
    /// <summary>Twelve hexadecimal digits that change with any octet of the files.</summary>
    public static string Of(IEnumerable<ReadOnlyMemory<byte>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Length}:"));
            hash.AppendData(file.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }
}
