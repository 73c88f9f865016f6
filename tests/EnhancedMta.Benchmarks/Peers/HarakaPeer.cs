using System.Globalization;
using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>Haraka with its plugin dkim, from npm: kept in a cache of its own, for it is large and nothing else here needs it.</summary>
internal sealed class HarakaPeer : IPeer
{
    private const string Version = "3.3.4";
    private const string DkimVersion = "1.3.1";

    // Whoever connects from loopback may relay, and everything goes to the sink.
    private const string RelayPlugin = """
        exports.hook_connect_init = (next, connection) => { connection.relaying = connection.remote.is_local; next(); };
        exports.hook_rcpt = (next, connection) => next(connection.relaying ? OK : DENY);
        exports.hook_get_mx = (next) => next(OK, { priority: 0, exchange: '127.0.0.1', port: SINK });

        """;

    private string? _modules;

    public string Name => "haraka";

    public string Label => "Haraka + dkim";

    public async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        PeerCache.Need("node", "nodejs");
        var npm = PeerCache.Need("npm", "npm");
        var folder = await PeerCache.FolderAsync($"haraka-{Version}", partial => ChildProcess.RunAsync(
            npm,
            ["install", "--prefix", partial, "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", $"Haraka@{Version}", $"haraka-plugin-dkim@{DkimVersion}"],
            partial, cancellationToken));
        _modules = Path.Combine(folder, "node_modules");
        return Version;
    }

    public async Task<IRunningPeer> StartAsync(WorkFolder folder, RSA key, int sinkPort, CancellationToken cancellationToken)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder.Path, "haraka")).FullName;
        foreach (var name in new[] { "config", "plugins", "queue" })
            Directory.CreateDirectory(Path.Combine(home, name));
        Directory.CreateSymbolicLink(Path.Combine(home, "node_modules"), _modules!);
        // It has no defaults for what stands in this file, and fails at the first connection without it.
        File.Copy(Path.Combine(_modules!, "Haraka", "config", "connection.ini"), Path.Combine(home, "config", "connection.ini"));
        var port = Ports.Free();
        foreach (var (name, content) in Files(port, sinkPort, key))
            await File.WriteAllTextAsync(Path.Combine(home, name), content, cancellationToken);

        // Node signs and looks at files on threads of a pool, of four by default.
        var process = ChildProcess.Start(
            "env", ["UV_THREADPOOL_SIZE=16", "NODE_ENV=production", Installed.Require("node", "nodejs"), Path.Combine(_modules!, "Haraka", "bin", "haraka"), "-c", home], home);
        try
        {
            await Ports.WaitAsync(port, process, cancellationToken);
            return new Haraka(home, process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static IEnumerable<(string Name, string Content)> Files(int port, int sinkPort, RSA key) =>
    [
        ("config/me", "mta.peer.test\n"),
        ("config/plugins", "relay_loopback\ndkim\n"),
        ("plugins/relay_loopback.js", RelayPlugin.Replace("SINK", sinkPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
        ("config/smtp.ini", string.Create(CultureInfo.InvariantCulture, $"listen=127.0.0.1:{port}\nnodes=cpus\nforce_shutdown_timeout=2\n")),
        ("config/outbound.ini", "concurrency_max=50\nenable_tls=false\nlocal_mx_ok=true\ninet_prefer=v4\n"),
        ("config/log.ini", "[main]\nlevel=warn\n"),
        ("config/dkim.private.key", key.ExportRSAPrivateKeyPem()),
        ("config/dkim.ini", $"""
            [sign]
            enabled=true
            selector=bench
            domain={Letter.SenderDomain}
            headers=From, Sender, Reply-To, Subject, Date, Message-ID, To, Cc, MIME-Version, Content-Type
            [canon]
            body=relaxed
            [verify]
            enabled=false

            """),
    ];
}
