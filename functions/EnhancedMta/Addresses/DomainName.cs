using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace EnhancedMta.Addresses;

/// <summary>Domain names as they stand in addresses: fully qualified, lower case, A-labels.</summary>
public static class DomainName
{
    private const int MaxOctets = 255; // RFC 5321 §4.5.3.1.2
    private const int MaxLabelOctets = 63; // RFC 1035 §2.3.4

    private static readonly SearchValues<char> LowerCaseHostName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly IdnMapping Idn = new();

    /// <summary>Checks a domain and writes it in lower case with A-labels; or says what is wrong, without the field's name.</summary>
    public static bool TryEncode(string text, [NotNullWhen(true)] out string? domain, [NotNullWhen(false)] out string? error)
    {
        domain = null;
        error = null;
        if (text.Length == 0)
            error = "nothing stands after the @";
        else if (text[0] == '[')
            error = "an address literal in brackets is not accepted; give a domain name";
        else if (Ascii.IsValid(text))
            domain = text.AsSpan().ContainsAnyExcept(LowerCaseHostName) ? text.ToLowerInvariant() : text;
        else
            TryToALabels(text, out domain, out error);

        if (domain is not null && (error = Fault(domain)) is not null)
            domain = null;
        return domain is not null;
    }

    // RFC 5321 §4.1.2 sub-domain = Let-dig [Ldh-str]; §2.3.5: only fully qualified names.
    private static string? Fault(string domain)
    {
        if (domain.Length > MaxOctets)
            return $"the domain is longer than {MaxOctets} octets";
        var bad = domain.AsSpan().IndexOfAnyExcept(LowerCaseHostName);
        if (bad >= 0)
            return char.IsControl(domain[bad])
                ? "the domain contains a control character"
                : $"the character '{domain[bad]}' is not allowed in a domain";
        if (!domain.Contains('.'))
            return "the domain is not fully qualified (it has no dot)";
        foreach (var range in domain.AsSpan().Split('.'))
        {
            var label = domain.AsSpan(range);
            if (label.IsEmpty)
                return "the domain has an empty label (a dot too many)";
            if (label.Length > MaxLabelOctets)
                return $"a label of the domain is longer than {MaxLabelOctets} octets";
            if (label[0] == '-' || label[^1] == '-')
                return "a label of the domain begins or ends with a hyphen";
        }
        var top = domain.AsSpan(domain.LastIndexOf('.') + 1);
        return top.ContainsAnyExceptInRange('0', '9') ? null : "the domain ends in a number; an IP address is no domain";
    }

    private static void TryToALabels(string text, out string? domain, out string? error)
    {
        domain = null;
        error = null;
        // The globalization-invariant mode that we run in encodes Punycode but neither folds case nor normalises (RFC 5895 §2),
        // so case is folded here, and what would need normalisation is refused: a wrong A-label is another domain.
        foreach (var rune in text.EnumerateRunes())
        {
            if (NeedsNormalisation(rune.Value))
                error = "the domain has characters that are not in normalised form (NFC); give it in A-labels (xn--…)";
            else if (rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                     or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                error = "the domain contains an invisible, control or broken character";
            if (error is not null)
                return;
        }
        try
        {
            domain = Idn.GetAscii(text.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            error = "the domain is not a valid internationalised domain name";
        }
    }

    // Combining marks that compose with the letter before, half and full width forms, and presentation forms.
    private static bool NeedsNormalisation(int rune) =>
        rune is (>= 0x0300 and <= 0x036F) or (>= 0x3099 and <= 0x309A) or (>= 0xFB00 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFFEF and not 0xFFFD);
}
