using System.Diagnostics;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>
/// A real Exim that takes all mail but that for addresses beginning with "unknown", and hands it to a next hop. As a package it would drive
/// Postfix off the machine, so it is unpacked beside it, and runs in a mount namespace where the user that it looks for exists.
/// </summary>
internal sealed class EximServer : IAsyncDisposable
{
    private const string User = "Debian-exim";
    private const int UserId = 61998;

    // Whatever else Debian's package needs is on a machine that has .NET.
    private static readonly string[] Packages = ["exim4-daemon-light", "exim4-base", "libidn12"];
    private static readonly SemaphoreSlim Unpacking = new(1);

    private readonly string _folder;
    private readonly Process _process;

    private EximServer(string folder, int port, Process process) => (_folder, Port, _process) = (folder, port, process);

    public int Port { get; }

    /// <summary>Starts it, or skips the test and says why it cannot be had.</summary>
    /// <param name="nextHop">Port on loopback that gets the mail.</param>
    /// <param name="settings">Main configuration options.</param>
    public static async Task<EximServer> StartAsync(int nextHop, string settings)
    {
        if (Environment.UserName != "root" || !OperatingSystem.IsLinux())
            Assert.Skip("Exim can only be started by root, on Linux.");
        var program = await UnpackedAsync();
        var folder = Directory.CreateTempSubdirectory("enhancedmta-exim-").FullName;
        foreach (var name in new[] { "spool", "log" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        var port = Smtp.Sending.ClosedPort().Port;
        await File.WriteAllTextAsync(Path.Combine(folder, "exim.conf"), $"""
            exim_path = {program}
            keep_environment = LD_LIBRARY_PATH
            primary_hostname = mx.recipients.example
            qualify_domain = recipients.example
            daemon_smtp_ports = {port}
            local_interfaces = 127.0.0.1
            spool_directory = {folder}/spool
            log_file_path = {folder}/log/%s
            pid_file_path = {folder}/log/pid
            tls_advertise_hosts =
            acl_smtp_rcpt = recipients
            {settings}
            begin acl
            recipients:
              deny local_parts = ^unknown
                   message = 5.1.1 Nobody of that name
              accept
            begin routers
            next:
              driver = manualroute
              route_list = * 127.0.0.1
              self = send
              transport = next
            begin transports
            next:
              driver = smtp
              port = {nextHop}
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "passwd"), await File.ReadAllTextAsync("/etc/passwd") + $"{User}:x:{UserId}:{UserId}::/nonexistent:/usr/sbin/nologin\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "group"), await File.ReadAllTextAsync("/etc/group") + $"{User}:x:{UserId}:\n");
        await RunAsync("chmod", "755", folder);
        await RunAsync("chown", "-R", $"{UserId}:{UserId}", Path.Combine(folder, "spool"), Path.Combine(folder, "log"));

        var script = $"mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/group /etc/group && exec \"$@\"";
        var libraries = Path.Combine(Path.GetDirectoryName(program)!, "..", "lib");
        var process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", script, "sh", program, "-C", Path.Combine(folder, "exim.conf"), "-bdf"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["LD_LIBRARY_PATH"] = string.Join(':', Directory.GetDirectories(libraries)) },
        })!;
        var server = new EximServer(folder, port, process);
        while (!File.Exists(Path.Combine(folder, "log", "pid")))
        {
            if (process.HasExited)
            {
                var said = await process.StandardError.ReadToEndAsync();
                await server.DisposeAsync();
                Assert.Fail($"exim ended with {process.ExitCode}: {said}");
            }
            await Task.Delay(10, TestContext.Current.CancellationToken);
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

    // Unpacked once, beside node's packages, which come in the same way.
    private static async Task<string> UnpackedAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "enhancedmta-peers", "exim");
        var program = Path.Combine(folder, "usr", "sbin", "exim4");
        await Unpacking.WaitAsync();
        try
        {
            if (File.Exists(program))
                return program;
            var packages = Directory.CreateTempSubdirectory("enhancedmta-packages-").FullName;
            var fresh = Directory.CreateTempSubdirectory("enhancedmta-unpacked-").FullName;
            try
            {
                await RunAsync(packages, "apt-get", ["download", .. Packages]);
                foreach (var package in Directory.EnumerateFiles(packages, "*.deb"))
                    await RunAsync("dpkg-deb", "-x", package, fresh);
                // It runs as root anyway, and a set-user-id program would not look for its libraries beside it.
                await RunAsync("chmod", "u-s", Path.Combine(fresh, "usr", "sbin", "exim4"));
                await RunAsync("chmod", "755", fresh);
                Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
                Directory.Move(fresh, folder);
            }
            catch (Exception missing) when (missing is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                Assert.Skip($"Exim is not to be had here: {missing.Message}");
            }
            finally
            {
                Directory.Delete(packages, recursive: true);
            }
            return program;
        }
        finally
        {
            Unpacking.Release();
        }
    }

    private static Task RunAsync(string program, params string[] arguments) => RunAsync("/", program, arguments);

    private static async Task RunAsync(string folder, string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }
}
