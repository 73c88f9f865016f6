using System.Diagnostics;
using System.Net;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>A real authoritative name server (NLnet Labs' NSD) on loopback, with one zone.</summary>
internal sealed class NsdServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nsd";

    private readonly string _folder;
    private readonly Process _process;

    private NsdServer(string folder, IPEndPoint endPoint, Process process) => (_folder, EndPoint, _process) = (folder, endPoint, process);

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts it, or skips the test and says why it cannot be had.</summary>
    /// <param name="zone">Its name.</param>
    /// <param name="records">Its file, but for the SOA, whose MINIMUM is 120 seconds.</param>
    public static async Task<NsdServer> StartAsync(string zone, string records)
    {
        if (!File.Exists(Program))
            Assert.Skip("NSD is not installed (Debian package nsd).");
        var folder = Directory.CreateTempSubdirectory("enhancedmta-nsd-").FullName;
        var endPoint = Smtp.Sending.ClosedPort();
        await File.WriteAllTextAsync(Path.Combine(folder, "zone"), $"""
            $ORIGIN {zone}.
            $TTL 300
            @ 900 IN SOA ns.{zone}. admin.{zone}. 1 3600 600 86400 120
            @ IN NS ns.{zone}.
            ns IN A 127.0.0.1
            {records}

            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "nsd.conf"), $"""
            server:
                ip-address: 127.0.0.1@{endPoint.Port}
                zonesdir: "{folder}"
                database: ""
                pidfile: "{folder}/pid"
                xfrdfile: "{folder}/xfrd"
                xfrdir: "{folder}"
                zonelistfile: "{folder}/zones"
                username: ""
                server-count: 1
            remote-control:
                control-enable: no
            zone:
                name: "{zone}"
                zonefile: "zone"
            """);
        var process = Process.Start(new ProcessStartInfo(Program, ["-d", "-c", Path.Combine(folder, "nsd.conf")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var server = new NsdServer(folder, endPoint, process);
        try
        {
            await server.ListensAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ListensAsync()
    {
        while (true)
        {
            if (_process.HasExited)
                Assert.Fail($"nsd ended with {_process.ExitCode}: {await _process.StandardError.ReadToEndAsync()}");
            using var probe = new System.Net.Sockets.TcpClient();
            try
            {
                await probe.ConnectAsync(EndPoint, TestContext.Current.CancellationToken);
                return;
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }
}
