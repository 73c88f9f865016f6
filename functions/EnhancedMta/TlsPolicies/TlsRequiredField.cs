namespace EnhancedMta.TlsPolicies;

/// <summary><c>TLS-Required: No</c> (RFC 8689 §5): the sender rather has the message delivered than protected. Reports about TLS say so.</summary>
internal static class TlsRequiredField
{
    /// <param name="content">Header and body, CRLF line ends.</param>
    public static bool SaysNo(ReadOnlySpan<byte> content)
    {
        while (content.IndexOf("\r\n"u8) is > 0 and var end)
        {
            var line = content[..end];
            content = content[(end + 2)..];
            if (line.IndexOf((byte)':') is > 0 and var colon && System.Text.Ascii.EqualsIgnoreCase(line[..colon].TrimEnd(" \t"u8), "TLS-Required"u8))
                return System.Text.Ascii.EqualsIgnoreCase(line[(colon + 1)..].Trim(" \t"u8), "No"u8);
        }
        return false;
    }
}
