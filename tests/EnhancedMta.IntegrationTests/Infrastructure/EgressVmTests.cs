using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using MailKit.Net.Proxy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>A proxy's VM: what cloud-init is told, and the proxy that comes of it, run as Debian's dante-server runs it.</summary>
[SupportedOSPlatform("linux")]
public sealed class EgressVmTests
{
    // What cloud-init 22.4 (Debian 12) calls its modules' keys.
    private static readonly HashSet<string> Keys = ["package_update", "package_upgrade", "packages", "users", "write_files", "runcmd"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cloud_init_is_told_what_it_understands()
    {
        var vms = await EgressVm.RenderAsync("10.40.0.0/24", "https://vault.example/secrets/proxy-password");
        Assert.Equal(2, vms.Count);
        Assert.All(vms, vm =>
        {
            Assert.StartsWith("#cloud-config\n", vm.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("{{", vm.Text + string.Concat(vm.Files.Values), StringComparison.Ordinal);
            // Azure takes 64 KB, in base64.
            Assert.InRange(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(vm.Text)).Length, 1, 65_535);
            Assert.Subset(Keys, vm.Root.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).ToHashSet());
            Assert.All(vm.List("write_files").Cast<YamlMappingNode>(), file =>
            {
                // Before the packages are there, dpkg would ask what to do with a file of its own that was changed.
                Assert.Equal("true", EgressVm.Of(file, "defer"));
                // Unquoted, YAML reads an octal number.
                Assert.True(EgressVm.Of(file, "permissions").Length == 0 || ((YamlScalarNode)file.Children["permissions"]).Style == YamlDotNet.Core.ScalarStyle.SingleQuoted);
            });
            // What is started is there.
            var units = vm.List("runcmd").Cast<YamlSequenceNode>().Select(command => ((YamlScalarNode)command.Children[^1]).Value!).Where(word => word.Contains('.', StringComparison.Ordinal));
            Assert.All(units, unit => Assert.True(unit == "danted.service" || vm.Files.ContainsKey($"/etc/systemd/system/{unit}"), unit));
            Assert.Contains("/usr/local/sbin/mta-proxy-password", vm.Files["/etc/systemd/system/mta-proxy-password.service"], StringComparison.Ordinal);
            var packages = vm.List("packages").Select(package => ((YamlScalarNode)package).Value).ToList();
            Assert.All(["curl", "dante-server", "jq"], program => Assert.Contains(program, packages));
            var user = Assert.Single(vm.List("users").OfType<YamlMappingNode>());
            Assert.Contains($"MTA_PROXY_USER={EgressVm.Of(user, "name")}\n", vm.Files["/etc/mta-proxy.env"], StringComparison.Ordinal);
        });
        // They restart for updates one after the other.
        Assert.Equal(2, vms.Select(vm => vm.Files["/etc/apt/apt.conf.d/52mta"]).Distinct().Count());
    }

    [Fact]
    public async Task The_proxy_sends_mail_for_the_functions_and_nothing_else_for_nobody_else()
    {
        foreach (var (program, package) in new[] { ("danted", "dante-server"), ("jq", "jq"), ("curl", "curl") })
            Programs.Need(program, $"Debian package {package}");
        if (Environment.UserName != "root")
            Assert.Skip("danted is started by root here.");
        const string Password = "of the vault: \"quoted\" & $long";
        await using var azure = await AzureAsync(Password);
        var address = azure.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var vm = (await EgressVm.RenderAsync("127.0.0.0/26", $"{address}/secrets/proxy-password"))[0];
        using var receiver = new TcpListener(new IPAddress([127, 83, (byte)Random.Shared.Next(256), (byte)Random.Shared.Next(1, 255)]), 25);
        receiver.Start();
        var mx = ((IPEndPoint)receiver.LocalEndpoint).Address.ToString();

        var folder = Directory.CreateTempSubdirectory("enhancedmta-vm-").FullName;
        var port = Smtp.Sending.ClosedPort().Port;
        try
        {
            await InstallAsync(vm, folder, port);
            using var danted = await StartAsync(folder, $"{address}/metadata/identity/oauth2/token", port);
            try
            {
                Socks5Client Proxy(string password = Password) =>
                    new("127.0.0.1", port, new NetworkCredential("mta", password)) { LocalEndPoint = new IPEndPoint(IPAddress.Parse("127.0.0.5"), 0) };

                await using (var stream = await Proxy().ConnectAsync(mx, 25, Cancel))
                {
                    using var accepted = await receiver.AcceptSocketAsync(Cancel);
                    await accepted.SendAsync("220 mx.example ready\r\n"u8.ToArray(), Cancel);
                    var greeting = new byte[3];
                    await stream.ReadExactlyAsync(greeting, Cancel);
                    Assert.Equal("220"u8.ToArray(), greeting);
                }
                await Assert.ThrowsAnyAsync<Exception>(() => Proxy("guessed").ConnectAsync(mx, 25, Cancel));
                // Other ports, and what is inside.
                foreach (var (host, at) in new[] { (mx, 26), (mx, 587), ("10.40.0.4", 25), ("168.63.129.16", 25), ("169.254.169.254", 25), ("192.168.1.1", 25), ("172.16.0.1", 25) })
                    Assert.Contains("not allowed", (await Assert.ThrowsAsync<ProxyProtocolException>(() => Proxy().ConnectAsync(host, at, Cancel))).Message, StringComparison.OrdinalIgnoreCase);
                // Clients that are not of the functions' subnet are not even asked for a password.
                Assert.Equal([5, 2], await GreetAsync("127.0.0.5", port));
                Assert.Empty(await GreetAsync("127.0.0.200", port));
                Assert.False(receiver.Pending());
            }
            finally
            {
                danted.Kill(entireProcessTree: true);
                await danted.WaitForExitAsync(Cancel);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Offers a user name and a password (RFC 1928 §3). Returns what the proxy says to that.
    private static async Task<byte[]> GreetAsync(string from, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
        var answer = new byte[2];
        try
        {
            await socket.SendAsync(new byte[] { 5, 1, 2 }, Cancel);
            return answer[..await socket.ReceiveAsync(answer, Cancel)];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    // On loopback two things differ: the interface's name and port, and that 127.0.0.0/8 is where everybody lives.
    private static async Task InstallAsync(EgressVm vm, string folder, int port)
    {
        foreach (var (path, content) in vm.Files)
        {
            var file = Path.Combine(folder, "files", path.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, path == "/etc/danted.conf" ? OnLoopback(content, port) : content, Cancel);
        }
        File.SetUnixFileMode(Path.Combine(folder, "files/usr/local/sbin/mta-proxy-password"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string OnLoopback(string conf, int port)
    {
        Assert.Equal(3, conf.Split("eth0").Length);
        var lines = conf.Replace("eth0", "lo", StringComparison.Ordinal).Replace("port = 1080", $"port = {port}", StringComparison.Ordinal).Split('\n').ToList();
        Assert.Equal(1, lines.RemoveAll(line => line.StartsWith("socks block", StringComparison.Ordinal) && line.Contains("127.0.0.0/8", StringComparison.Ordinal)));
        return string.Join('\n', lines);
    }

    // In a mount namespace with an /etc of its own: users and passwords of this machine stay as they are.
    private static async Task<Process> StartAsync(string folder, string identityEndpoint, int port)
    {
        const string Script = """
            set -e
            cp -a /etc "$1/etc"
            mount --bind "$1/etc" /etc
            cp -a "$1/files/etc/." /etc/
            useradd --system --no-create-home --shell /usr/sbin/nologin mta
            "$1/files/usr/local/sbin/mta-proxy-password"
            exec danted -f /etc/danted.conf -p "$1/pid"
            """;
        var start = new ProcessStartInfo("unshare", ["--mount", "sh", "-c", Script, "sh", folder]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["MTA_IDENTITY_ENDPOINT"] = identityEndpoint;
        start.Environment["PATH"] = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";
        var danted = Process.Start(start)!;
        var errors = danted.StandardError.ReadToEndAsync(Cancel);
        for (var i = 0; i < 1200; i++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port, Cancel);
                return danted;
            }
            catch (SocketException)
            {
                if (danted.HasExited && (await errors) is var said && said.Contains("unshare", StringComparison.Ordinal))
                    Assert.Skip($"This machine does not let us give a process an /etc of its own: {said}");
                Assert.False(danted.HasExited, $"The VM's programs ended with {(danted.HasExited ? danted.ExitCode : 0)}: {(danted.HasExited ? await errors : "")}");
                await Task.Delay(100, Cancel);
            }
        }
        danted.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"danted does not listen: {await errors}");
    }

    // Azure's identity endpoint and the vault, as far as a VM asks them.
    private static async Task<WebApplication> AzureAsync(string password)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var azure = builder.Build();
        azure.MapGet("/metadata/identity/oauth2/token", (HttpRequest request) =>
            request.Headers["Metadata"] == "true" && request.Query["api-version"] == "2018-02-01" && request.Query["resource"] == "https://vault.azure.net"
                && request.Query["client_id"] == "33333333-3333-3333-3333-333333333333"
                ? Results.Json(new Dictionary<string, string> { ["access_token"] = "a token" })
                : Results.BadRequest());
        azure.MapGet("/secrets/proxy-password", (HttpRequest request) =>
            request.Headers.Authorization == "Bearer a token" && request.Query["api-version"] == "7.4" ? Results.Json(new Dictionary<string, string> { ["value"] = password }) : Results.Unauthorized());
        await azure.StartAsync(Cancel);
        return azure;
    }
}
