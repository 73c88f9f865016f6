using System.Text;

namespace EnhancedMta.Dkim;

/// <summary>A DKIM signature's tags: <c>name=value</c>, parted by semicolons, with folding white space around (RFC 6376 §3.2).</summary>
internal static class TagList
{
    /// <summary>The <c>d=</c> tag is this domain.</summary>
    public static bool HasDomain(ReadOnlySpan<byte> tags, string domain)
    {
        foreach (var range in tags.Split((byte)';'))
        {
            var tag = tags[range];
            var equals = tag.IndexOf((byte)'=');
            if (equals < 0 || !tag[..equals].Trim(" \t\r\n"u8).SequenceEqual("d"u8))
                continue;
            return Ascii.EqualsIgnoreCase(tag[(equals + 1)..].Trim(" \t\r\n"u8), domain);
        }
        return false;
    }
}
