using System.Buffers;
using System.IO.Enumeration;

namespace EnhancedMta.Egresses;

/// <summary>Recipient domains, as Campaign writes them: <c>example.com, *.example.org, yahoo.*</c>, with <c>*</c> for any characters and <c>?</c> for one.</summary>
public sealed class DomainMasks
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.*?_");

    private readonly string[] _masks;

    private DomainMasks(string[] masks) => _masks = masks;

    public static DomainMasks None { get; } = new([]);

    public bool IsEmpty => _masks.Length == 0;

    /// <exception cref="FormatException">A mask cannot be the mask of a domain; the message names it.</exception>
    public static DomainMasks Parse(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        string[] masks = [.. list.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(mask => mask.ToLowerInvariant())];
        foreach (var mask in masks)
        {
            if (mask.AsSpan().ContainsAnyExcept(Allowed))
                throw new FormatException($"'{mask}' is no mask of a domain: use letters, digits, hyphens, dots, * and ?; other letters in A-labels (xn--…)");
        }
        return masks.Length == 0 ? None : new DomainMasks(masks);
    }

    /// <param name="domain">In lower case, with A-labels.</param>
    public bool Contains(string domain)
    {
        foreach (var mask in _masks)
        {
            if (FileSystemName.MatchesSimpleExpression(mask, domain, ignoreCase: true))
                return true;
        }
        return false;
    }

    public override string ToString() => string.Join(", ", _masks);
}
