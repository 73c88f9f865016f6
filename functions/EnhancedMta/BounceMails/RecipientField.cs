using System.Buffers;
using System.Globalization;
using System.Text;

namespace EnhancedMta.BounceMails;

/// <summary>The value of a recipient field of a report (RFC 3464 §2.3.1 and §2.3.2, RFC 6533 §3): <c>type; address</c>.</summary>
internal static class RecipientField
{
    private static readonly SearchValues<char> NotInAddress = SearchValues.Create(" \t\n<>,;:()");

    /// <summary>The address of <c>rfc822; a@b</c> in all its spellings.</summary>
    public static string? Address(string? value)
    {
        if (value is null)
            return null;
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        var type = semicolon < 0 ? "" : value[..semicolon].Trim();
        if (type.Equals("x400", StringComparison.OrdinalIgnoreCase) || type.Equals("x500", StringComparison.OrdinalIgnoreCase))
            return null;
        var text = type.Contains('@', StringComparison.Ordinal) ? value : value[(semicolon + 1)..].Trim();
        if (type.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            text = Unicode(text);
        // Written without brackets, it may have what a scan in text would leave out.
        var bare = text.Trim('<', '>', ' ', '"', '\'');
        var at = bare.LastIndexOf('@');
        if (at > 0 && at < bare.Length - 1 && bare.Length <= 320 && !bare.AsSpan().ContainsAny(NotInAddress))
            return Xtext(bare);
        return AddressScan.Only(text) is { } found ? Xtext(found) : null;
    }

    // RFC 3461 §4: xtext writes "+" and "=" as +2B and +3D; a report should not, and some do.
    private static string Xtext(string address) =>
        address.Replace("+2B", "+", StringComparison.Ordinal).Replace("+3D", "=", StringComparison.Ordinal).Replace("+40", "@", StringComparison.Ordinal);

    // RFC 6533 §3: \x{20AC}
    private static string Unicode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var end = text.AsSpan(i).StartsWith("\\x{") ? text.IndexOf('}', i, Math.Min(12, text.Length - i)) : -1;
            if (end > 0 && int.TryParse(text.AsSpan(i + 3, end - i - 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rune) && Rune.IsValid(rune))
            {
                decoded.Append(new Rune(rune).ToString());
                i = end;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }
        return decoded.ToString();
    }
}
