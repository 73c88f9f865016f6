using System.IO.Compression;
using System.Security.Cryptography;

namespace EnhancedMta.Dashboard;

/// <summary>A file of the dashboard as it is served: its octets, plain and compressed, and a tag that follows from them.</summary>
public sealed class DashboardAsset
{
    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    };

    public DashboardAsset(string name, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Name = name;
        ContentType = ContentTypes[Path.GetExtension(name)];
        Content = content;
        Compressed = Gzip(content);
        Hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12));
    }

    public string Name { get; }

    public string ContentType { get; }

    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The same, by gzip (RFC 1952).</summary>
    public ReadOnlyMemory<byte> Compressed { get; }

    /// <summary>Of <see cref="Content"/>, in hexadecimal.</summary>
    public string Hash { get; }

    private static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return compressed.ToArray();
    }
}
