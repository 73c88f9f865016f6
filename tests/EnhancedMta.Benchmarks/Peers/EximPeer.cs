using System.Globalization;
using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>Exim, which signs by itself. Unpacked from Debian's package.</summary>
internal sealed class EximPeer : IPeer
{
    // Debian's program insists on its user.
    private const string User = "Debian-exim";

    private static readonly string[] Packages = ["exim4-daemon-light", "libidn12"];

    private DebianPackages? _packages;

    public string Name => "exim";

    public string Label => "Exim";

    public async Task<string> PrepareAsync(CancellationToken cancellationToken) => (_packages = await DebianPackages.UnpackAsync(Packages, cancellationToken)).Version;

    public async Task<IRunningPeer> StartAsync(WorkFolder folder, RSA key, int sinkPort, CancellationToken cancellationToken)
    {
        var jail = await Jail.CreateAsync(folder, _packages!, [User], cancellationToken);
        await jail.MakeFolderAsync("/spool", cancellationToken);
        await jail.MakeFolderAsync("/log", cancellationToken);
        await jail.WriteAsync("/etc/dkim.pem", key.ExportRSAPrivateKeyPem(), cancellationToken);
        var port = Ports.Free();
        await jail.WriteAsync("/etc/exim.conf", Configuration(port, sinkPort), cancellationToken);
        var process = jail.Start("/usr/sbin/exim4", "-C", "/etc/exim.conf", "-bdf", "-q2s");
        try
        {
            await Ports.WaitAsync(port, process, cancellationToken);
            return new Exim(jail, process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    // Each message is delivered at once, by a process of its own, as Exim does by default; nothing is held back by its limits on clients. What found
    // the sink full of these processes' connections is deferred: queue runners, up to twenty at a time, take it up again.
    private static string Configuration(int port, int sinkPort) => string.Create(CultureInfo.InvariantCulture, $"""
        exim_path = /usr/sbin/exim4
        keep_environment = LD_LIBRARY_PATH
        primary_hostname = mta.peer.test
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = {port}
        disable_ipv6 = true
        spool_directory = /spool
        split_spool_directory = true
        log_file_path = /log/%slog
        pid_file_path = /log/pid
        message_logs = false
        host_lookup =
        helo_lookup_domains =
        rfc1413_hosts =
        tls_advertise_hosts =
        chunking_advertise_hosts =
        smtp_accept_max = 400
        smtp_accept_max_per_connection = 0
        smtp_accept_queue_per_connection = 0
        smtp_connect_backlog = 400
        queue_run_max = 20
        deliver_drop_privilege = true
        acl_smtp_rcpt = loopback
        begin acl
        loopback:
          # Adds Message-ID, as the others do.
          accept hosts = 127.0.0.1
                 control = submission/sender_retain
                 control = dkim_disable_verify
        begin routers
        sink:
          driver = manualroute
          route_list = * 127.0.0.1 byname
          self = send
          transport = sink
        begin transports
        sink:
          driver = smtp
          port = {sinkPort}
          allow_localhost
          hosts_avoid_tls = *
          hosts_try_chunking =
          dkim_domain = {Letter.SenderDomain}
          dkim_selector = bench
          dkim_private_key = /etc/dkim.pem
          dkim_canon = relaxed
          dkim_strict = true
        begin retry
        * * F,2h,5s

        """);
}
