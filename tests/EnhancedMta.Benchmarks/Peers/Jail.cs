using System.Globalization;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>
/// A root folder for a server that was unpacked and not installed: its own files and users, the machine's libraries. In a mount namespace
/// of its own, so the machine sees nothing of it.
/// </summary>
internal sealed class Jail
{
    /// <summary>Libraries that came with it, seen from inside.</summary>
    public const string Libraries = "/own/lib";

    private const int FirstId = 61_991;

    // Read only, so that nothing that goes wrong outside or inside can harm the machine's.
    private const string Enter = """
        root=$1; shift
        for folder in usr/lib usr/bin lib lib64 bin proc dev; do
          [ -e "/$folder" ] || continue
          mount --bind "/$folder" "$root/$folder" && mount -o remount,bind,ro "$root/$folder" || exit 1
        done
        exec chroot "$root" /usr/bin/env LD_LIBRARY_PATH=/own/lib "$@"
        """;

    private Jail(string root) => Root = root;

    /// <summary>Seen from outside.</summary>
    public string Root { get; }

    /// <param name="folder">It is made in there.</param>
    /// <param name="packages">Copied into it.</param>
    /// <param name="users">Names that the server insists on, beside root.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Jail> CreateAsync(WorkFolder folder, DebianPackages packages, IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        var jail = new Jail(Path.Combine(folder.Path, "root"));
        await ChildProcess.RunAsync("cp", ["-a", packages.Root, jail.Root], folder.Path, cancellationToken);
        var own = Directory.CreateDirectory(jail.Root + Libraries).FullName;
        foreach (var library in Directory.GetDirectories(Path.Combine(jail.Root, "usr/lib"), "*-linux-gnu").SelectMany(libraries => Directory.GetFiles(libraries, "*.so.*")))
            File.Move(library, Path.Combine(own, Path.GetFileName(library)));
        foreach (var name in new[] { "usr/lib", "usr/bin", "lib", "lib64", "bin", "proc", "dev", "etc", "tmp", "run", "var/run" })
            Directory.CreateDirectory(Path.Combine(jail.Root, name));
        await ChildProcess.RunAsync("chmod", ["1777", Path.Combine(jail.Root, "tmp")], folder.Path, cancellationToken);

        await jail.WriteAsync("/etc/resolv.conf", "", cancellationToken);
        await jail.WriteAsync("/etc/hosts", "127.0.0.1 localhost\n", cancellationToken);
        await jail.WriteAsync("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n", cancellationToken);
        await jail.WriteAsync("/etc/passwd", "root:x:0:0::/:/bin/sh\n" + Lines((name, id) => $"{name}:x:{id}:{id}::/nonexistent:/usr/sbin/nologin\n"), cancellationToken);
        await jail.WriteAsync("/etc/group", "root:x:0:\n" + Lines((name, id) => $"{name}:x:{id}:\n"), cancellationToken);
        return jail;

        string Lines(Func<string, string, string> line) => string.Concat(users.Select((name, i) => line(name, (FirstId + i).ToString(CultureInfo.InvariantCulture))));
    }

    public Task WriteAsync(string path, string content, CancellationToken cancellationToken) => File.WriteAllTextAsync(Root + path, content, cancellationToken);

    /// <summary>A folder of the first user's.</summary>
    public Task MakeFolderAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Root + path);
        return ChildProcess.RunAsync("chown", [string.Create(CultureInfo.InvariantCulture, $"{FirstId}:{FirstId}"), Root + path], Root, cancellationToken);
    }

    /// <summary>Each step replaces the one before it, so the process is the server itself.</summary>
    public ChildProcess Start(string program, params string[] arguments) =>
        ChildProcess.Start("unshare", ["--mount", "--propagation", "private", "sh", "-c", Enter, "sh", Root, program, .. arguments], Root);
}
