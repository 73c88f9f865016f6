using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Dashboard;

/// <summary>
/// The dashboard's files, from the assembly. All of them stand under one version, a hash over everything, so that a browser may keep
/// them for ever and never mixes the modules of two releases.
/// </summary>
public sealed class DashboardAssets
{
    private const string Prefix = "EnhancedMta.Dashboard.";
    private const string PageName = "index.html";
    private const string VersionMark = "{version}";

    private readonly Dictionary<string, DashboardAsset> _assets;

    private DashboardAssets(IEnumerable<(string Name, byte[] Content)> files)
    {
        var all = files.OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in all)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(SHA256.HashData(content));
        }

        Version = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        _assets = all.Where(f => f.Name != PageName).ToDictionary(f => f.Name, f => new DashboardAsset(f.Name, f.Content), StringComparer.Ordinal);
        var page = Encoding.UTF8.GetString(all.Single(f => f.Name == PageName).Content);
        Page = new DashboardAsset(PageName, Encoding.UTF8.GetBytes(page.Replace(VersionMark, Version, StringComparison.Ordinal)));
    }

    /// <summary>Follows from the content of all files.</summary>
    public string Version { get; }

    /// <summary>The one page; it names the others by <see cref="Version"/>.</summary>
    public DashboardAsset Page { get; }

    public IReadOnlyCollection<DashboardAsset> All => _assets.Values;

    public bool TryFind(string name, [NotNullWhen(true)] out DashboardAsset? asset) => _assets.TryGetValue(name, out asset);

    /// <summary>Those in this assembly.</summary>
    public static DashboardAssets Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return new DashboardAssets(assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(resource =>
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return (resource[Prefix.Length..], content.ToArray());
        }));
    }
}
