using System.Buffers;
using EnhancedMta.Addresses;

namespace EnhancedMta.Dkim;

/// <summary>What domains and selectors may be: they become tags of a signature, a name in the DNS, and keys in storage.</summary>
internal static class DkimName
{
    public const string SelectorRule = "must be letters, digits and hyphens, with dots between, such as s2026-11";

    private const int MaxName = 253;
    private const int MaxLabel = 63;
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Brings a pair to lower case and A-labels; or says what is wrong with it.</summary>
    public static string? Fault(ref string domain, ref string selector)
    {
        if (!DomainName.TryEncode(domain.Trim(), out var encoded, out var error))
            return $"its domain cannot be used: {error}";
        domain = encoded;
        selector = selector.Trim().ToLowerInvariant();
        return IsSelector(selector) && RecordName(domain, selector).Length <= MaxName ? null : $"its selector {SelectorRule}";
    }

    /// <summary>RFC 6376 §3.1.</summary>
    public static bool IsSelector(string selector)
    {
        if (selector.Length == 0)
            return false;
        foreach (var range in selector.AsSpan().Split('.'))
        {
            var label = selector.AsSpan(range);
            if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(LabelCharacters))
                return false;
        }
        return true;
    }

    /// <summary>Where the public key is published (RFC 6376 §3.6.2.1).</summary>
    public static string RecordName(string domain, string selector) => $"{selector}._domainkey.{domain}";
}
