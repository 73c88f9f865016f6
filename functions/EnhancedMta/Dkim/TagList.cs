using System.Diagnostics.CodeAnalysis;

namespace EnhancedMta.Dkim;

/// <summary>Tags as signatures and records have them: <c>name=value</c>, parted by semicolons, with folding white space around (RFC 6376 §3.2).</summary>
internal static class TagList
{
    private static readonly char[] WhiteSpace = [' ', '\t', '\r', '\n'];

    /// <summary>The value of the <c>d=</c> tag; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Domain(ReadOnlySpan<byte> tags)
    {
        foreach (var range in tags.Split((byte)';'))
        {
            var tag = tags[range];
            var equals = tag.IndexOf((byte)'=');
            if (equals >= 0 && tag[..equals].Trim(" \t\r\n"u8).SequenceEqual("d"u8))
                return tag[(equals + 1)..].Trim(" \t\r\n"u8);
        }
        return [];
    }

    /// <summary>The tags of a record in their order, or false when it is no such list.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out IReadOnlyList<KeyValuePair<string, string>>? tags)
    {
        tags = null;
        var read = new List<KeyValuePair<string, string>>();
        foreach (var tag in text.Split(';'))
        {
            if (tag.Trim(WhiteSpace).Length == 0)
                continue;
            var equals = tag.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                return false;
            var name = tag[..equals].Trim(WhiteSpace);
            // Each may stand once, or the whole list counts for nothing.
            if (name.Length == 0 || read.Exists(known => known.Key == name))
                return false;
            read.Add(KeyValuePair.Create(name, tag[(equals + 1)..].Trim(WhiteSpace)));
        }
        tags = read;
        return true;
    }

    /// <summary>A tag's value; null when it is not there.</summary>
    public static string? Find(this IReadOnlyList<KeyValuePair<string, string>> tags, string name) =>
        tags.Where(tag => tag.Key == name).Select(tag => tag.Value).FirstOrDefault();
}
