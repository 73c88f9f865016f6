using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>
/// The zone <c>signed.test</c>, signed with ldns's tools and served by a real NSD, behind a real unbound that validates it; and the zone
/// <c>unsigned.test</c> beside it.
/// </summary>
internal sealed class SignedZone : IAsyncDisposable
{
    private readonly string _folder;
    private readonly List<Process> _processes = [];

    private SignedZone(string folder) => _folder = folder;

    public IPEndPoint Resolver { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Null when it can be had here, else why not.</summary>
    public static string? Missing { get; } = new[] { ("unbound", "unbound"), ("nsd", "nsd"), ("ldns-signzone", "ldnsutils"), ("ldns-keygen", "ldnsutils") }
        .Where(tool => Find(tool.Item1) is null).Select(tool => $"{tool.Item1} is not installed (Debian package {tool.Item2}).").FirstOrDefault();

    /// <param name="records">Of the signed zone, in zone file form, after its SOA and NS.</param>
    /// <param name="unsigned">Of the other.</param>
    /// <param name="broken">A line of the signed zone that is changed after signing, and to what: its signature is wrong then.</param>
    public static async Task<SignedZone> StartAsync(string records, string unsigned, (string Was, string Is)? broken = null)
    {
        var folder = Directory.CreateTempSubdirectory("enhancedmta-zone-").FullName;
        var zone = new SignedZone(folder);
        try
        {
            await zone.PublishAsync("signed.test", records);
            await zone.PublishAsync("unsigned.test", unsigned);
            var key = (await zone.RunAsync("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "signed.test")).Trim();
            await zone.RunAsync("ldns-signzone", "-n", "-o", "signed.test", "signed.test.zone", key);
            var signed = Path.Combine(folder, "signed.test.zone.signed");
            if (broken is var (was, @is))
                await File.WriteAllTextAsync(signed, (await File.ReadAllTextAsync(signed)).Replace(was, @is, StringComparison.Ordinal));
            // A resolver that finds no name server leaves it alone for minutes: one after the other.
            var name = await zone.StartAsync(zone.Serve);
            zone.Resolver = await zone.StartAsync(port => zone.Validate(name.Port, port, key));
            return zone;
        }
        catch
        {
            await zone.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private Task PublishAsync(string name, string records) => File.WriteAllTextAsync(Path.Combine(_folder, $"{name}.zone"), $"""
        $ORIGIN {name}.
        $TTL 300
        @ IN SOA ns admin 1 3600 600 86400 120
        @ IN NS ns
        ns IN A 127.0.0.1
        {records}

        """);

    private Process Serve(int port)
    {
        File.WriteAllText(Path.Combine(_folder, "nsd.conf"), $"""
            server:
                ip-address: 127.0.0.1
                port: {port}
                username: ""
                chroot: ""
                zonesdir: "{_folder}"
                database: ""
                pidfile: "{_folder}/nsd.pid"
                xfrdfile: "{_folder}/xfrd.state"
                zonelistfile: "{_folder}/zone.list"
                server-count: 1
            remote-control:
                control-enable: no
            zone:
                name: signed.test
                zonefile: signed.test.zone.signed
            zone:
                name: unsigned.test
                zonefile: unsigned.test.zone
            """);
        return Start("nsd", "-d", "-c", Path.Combine(_folder, "nsd.conf"));
    }

    private Process Validate(int nameServer, int port, string key)
    {
        File.WriteAllText(Path.Combine(_folder, "unbound.conf"), $"""
            server:
                interface: 127.0.0.1
                port: {port}
                username: ""
                chroot: ""
                directory: "{_folder}"
                pidfile: "{_folder}/unbound.pid"
                use-syslog: no
                num-threads: 1
                do-not-query-localhost: no
                do-ip6: no
                local-zone: "test." nodefault
                module-config: "validator iterator"
                trust-anchor-file: "{_folder}/{key}.key"
            remote-control:
                control-enable: no
            stub-zone:
                name: signed.test
                stub-addr: 127.0.0.1@{nameServer}
            stub-zone:
                name: unsigned.test
                stub-addr: 127.0.0.1@{nameServer}
            """);
        return Start("unbound", "-d", "-c", Path.Combine(_folder, "unbound.conf"));
    }

    /// <summary>Starts a server on a free port, and waits until it answers.</summary>
    private async Task<IPEndPoint> StartAsync(Func<int, Process> start)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            var endPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
            var process = start(endPoint.Port);
            _processes.Add(process);
            var client = new DnsClient.LookupClient(new DnsClient.LookupClientOptions(endPoint) { UseCache = false, Retries = 0, ThrowDnsErrors = false, Timeout = TimeSpan.FromSeconds(1) });
            // Somebody else may have taken the port meanwhile; then it ends.
            for (var wait = 0; wait < 100 && !process.HasExited; wait++)
            {
                try
                {
                    if ((await client.QueryAsync("ns.unsigned.test", DnsClient.QueryType.A, cancellationToken: TestContext.Current.CancellationToken)).Answers.Count > 0 && !process.HasExited)
                        return endPoint;
                }
                catch (DnsClient.DnsResponseException)
                {
                    // Not up yet.
                }
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
        throw new InvalidOperationException("A DNS server does not answer.");
    }

    private Process Start(string tool, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Find(tool)!, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<string> RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(tool)!, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var said = await errors;
        Assert.True(process.ExitCode == 0, $"{tool} failed: {said}");
        return await output;
    }

    private static string? Find(string tool) =>
        new[] { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin" }.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
