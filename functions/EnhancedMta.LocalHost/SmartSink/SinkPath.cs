using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>The argument of MAIL or RCPT: <c>FROM:&lt;a@b&gt; SIZE=42 SMTPUTF8</c>.</summary>
/// <param name="Address">Between the angle brackets.</param>
/// <param name="Parameters">Behind them, in upper case.</param>
internal sealed record SinkPath(string Address, IReadOnlyList<string> Parameters)
{
    public bool IsAscii => Ascii.IsValid(Address);

    /// <summary>The domain of the address; empty when it has none.</summary>
    public string Domain => Address.LastIndexOf('@') is var at and >= 0 ? Address[(at + 1)..] : "";

    /// <summary>The size that the client announces (RFC 1870 §5), or 0.</summary>
    public long Size => Parameters
        .Where(parameter => parameter.StartsWith("SIZE=", StringComparison.Ordinal))
        .Select(parameter => long.TryParse(parameter.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0)
        .FirstOrDefault();

    public static bool TryParse(string argument, string keyword, [NotNullWhen(true)] out SinkPath? path)
    {
        path = null;
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) return false;
        var text = argument[keyword.Length..].Trim();
        // A quoted local part may hold a bracket, a parameter may not.
        var end = text.LastIndexOf('>');
        if (!text.StartsWith('<') || end < 0) return false;
        path = new(text[1..end], text[(end + 1)..].ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return true;
    }
}
