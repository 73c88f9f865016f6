using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>
/// Debian packages that are unpacked beside the system instead of installed: a mail server's package would drive the machine's own mail
/// server off it, and start.
/// </summary>
/// <param name="Root">Their files, as below <c>/</c>.</param>
/// <param name="Version">Upstream's, of the first of them.</param>
internal sealed record DebianPackages(string Root, string Version)
{
    /// <param name="names">The server first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PeerMissingException">They cannot be had.</exception>
    public static async Task<DebianPackages> UnpackAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new PeerMissingException($"{names[0]} is run in a mount namespace of its own, which only root may make.");
        foreach (var program in new[] { "unshare", "mount", "chroot" })
            PeerCache.Need(program, "util-linux, coreutils");
        var (apt, dpkg, dpkgDeb) = (PeerCache.Need("apt-get", "Debian or Ubuntu"), PeerCache.Need("dpkg", "dpkg"), PeerCache.Need("dpkg-deb", "dpkg"));
        var folder = await PeerCache.FolderAsync(names[0], async partial =>
        {
            // apt-get says much that does not matter, such as that root may read a folder that its own user may not.
            await ChildProcess.RunAsync(apt, ["download", "-qq", .. names], partial, cancellationToken);
            foreach (var file in Directory.GetFiles(partial, "*.deb"))
                await ChildProcess.RunAsync(dpkg, ["-x", file, Path.Combine(partial, "root")], partial, cancellationToken);
        });
        var server = Directory.GetFiles(folder, names[0] + "_*.deb").Single();
        var version = (await ChildProcess.RunAsync(dpkgDeb, ["-f", server, "Version"], folder, cancellationToken)).Trim();
        return new DebianPackages(Path.Combine(folder, "root"), version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('-', '+')[0]);
    }
}
