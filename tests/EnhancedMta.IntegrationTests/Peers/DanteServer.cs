using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>A real SOCKS5 proxy (Debian's dante-server) on loopback, which sends from <see cref="Outside"/>.</summary>
internal sealed class DanteServer : IAsyncDisposable
{
    public const string UserName = "mtaproxy";

    private const string Program = "/usr/sbin/danted";

    private readonly string _folder;
    private readonly string[] _command;
    private Process? _process;

    private DanteServer(string folder, int port, string[] command) => (_folder, EndPoint, _command) = (folder, new IPEndPoint(IPAddress.Loopback, port), command);

    /// <summary>Where its connections come from.</summary>
    public static IPAddress Outside { get; } = IPAddress.Parse("127.0.0.2");

    /// <summary>A target that its rules block.</summary>
    public static IPAddress Blocked(int number) => new([127, 0, 9, (byte)number]);

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts it, or skips the test and says why it cannot be had.</summary>
    /// <param name="password">Ask for <see cref="UserName"/> and this password.</param>
    public static async Task<DanteServer> StartAsync(string? password = null)
    {
        if (!File.Exists(Program))
            Assert.Skip("danted is not installed (Debian package dante-server).");
        if (Environment.UserName != "root")
            Assert.Skip("danted is started by root here.");
        var folder = Directory.CreateTempSubdirectory("enhancedmta-danted-").FullName;
        var port = Smtp.Sending.ClosedPort().Port;
        await File.WriteAllTextAsync(Path.Combine(folder, "danted.conf"), $$"""
            logoutput: {{folder}}/log
            internal: 127.0.0.1 port = {{port}}
            external: {{Outside}}
            clientmethod: none
            socksmethod: {{(password is null ? "none" : "username")}}
            user.privileged: root
            user.unprivileged: root
            timeout.connect: 1
            client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
            socks block { from: 0.0.0.0/0 to: 127.0.9.0/24 }
            socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
            """);
        string[] command = [Program, "-f", Path.Combine(folder, "danted.conf"), "-p", Path.Combine(folder, "pid")];
        if (password is not null)
            command = await WithUserAsync(folder, password, command);
        var server = new DanteServer(folder, port, command);
        try
        {
            await server.RunAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task RunAsync()
    {
        // A server's script may still be killing the last one.
        Process process;
        lock (_command)
            _process = process = Process.Start(new ProcessStartInfo(_command[0], _command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        for (var i = 0; i < 1000; i++)
        {
            if (process.HasExited)
                Assert.Fail($"danted ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync()} {await LogAsync()}");
            if (Listens())
                return;
            await Task.Delay(10);
        }
        Assert.Fail($"danted does not listen: {await LogAsync()}");
    }

    /// <summary>Kills it and all its children: their connections end at once.</summary>
    public void Kill()
    {
        lock (_command)
        {
            _process?.Kill(entireProcessTree: true);
            _process?.Dispose();
            _process = null;
            // The last of the children holds the port as well.
            while (Listens())
                Thread.Sleep(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            // Asked in time it ends its children itself.
            await OutputAsync("kill", running.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            for (var i = 0; i < 300 && !running.HasExited; i++)
                await Task.Delay(10);
        }
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private bool Listens()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // danted looks users up in the system's files. It gets its own, in a mount namespace that ends with it.
    private static async Task<string[]> WithUserAsync(string folder, string password, string[] command)
    {
        var (passwd, shadow) = (Path.Combine(folder, "passwd"), Path.Combine(folder, "shadow"));
        await File.WriteAllTextAsync(passwd, await File.ReadAllTextAsync("/etc/passwd") + $"{UserName}:x:61999:65534::/nonexistent:/usr/sbin/nologin\n");
        var hash = await OutputAsync("openssl", "passwd", "-6", password);
        await File.WriteAllTextAsync(shadow, await File.ReadAllTextAsync("/etc/shadow") + $"{UserName}:{hash.Trim()}:19000:0:99999:7:::\n");
        var script = $"mount --bind {passwd} /etc/passwd && mount --bind {shadow} /etc/shadow";
        try
        {
            await OutputAsync("unshare", "--mount", "sh", "-c", script);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Directory.Delete(folder, recursive: true);
            Assert.Skip($"danted asks the system for users, and this machine does not let us give it another: {e.Message}");
        }
        return ["unshare", "--mount", "sh", "-c", $"{script} && exec \"$@\"", "sh", .. command];
    }

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {await errors}");
    }

    private async Task<string> LogAsync()
    {
        var log = Path.Combine(_folder, "log");
        return File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
    }
}
