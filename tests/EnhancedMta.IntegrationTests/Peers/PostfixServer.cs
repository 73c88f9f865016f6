using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>A real Postfix that takes mail for a domain and throws it away, or hands it on, after its queue manager had it. Its log tells what it took.</summary>
internal sealed partial class PostfixServer : IAsyncDisposable
{
    private const string MasterTemplate = "/usr/share/postfix/master.cf.dist";

    private readonly string _folder;

    private PostfixServer(string folder, int port) => (_folder, Port) = (folder, port);

    public int Port { get; }

    /// <summary>Null when Postfix can be started here, else why not.</summary>
    public static string? Missing =>
        !File.Exists(MasterTemplate) ? "Postfix is not installed (Debian package postfix)."
        : Environment.UserName != "root" ? "Postfix can only be started by root."
        : null;

    /// <param name="domain">Takes mail for it.</param>
    /// <param name="nextHop">Port on loopback to hand it on to; none to throw it away.</param>
    /// <param name="milter">Port on loopback of a mail filter that sees it first.</param>
    public static async Task<PostfixServer> StartAsync(string domain, int? nextHop = null, int? milter = null)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var folder = Directory.CreateTempSubdirectory("enhancedmta-postfix-").FullName;
        // Its daemons run as another user and must reach their folders.
        await RunAsync("chmod", "755", folder);
        var configuration = Directory.CreateDirectory(Path.Combine(folder, "conf")).FullName;
        foreach (var name in new[] { "queue", "data" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        foreach (var file in Directory.EnumerateFiles("/etc/postfix", "dynamicmaps.cf*").Concat(Directory.EnumerateFiles("/etc/postfix", "postfix-files*")))
            File.Copy(file, Path.Combine(configuration, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(configuration, "main.cf"), $"""
            compatibility_level = 3.6
            queue_directory = {folder}/queue
            data_directory = {folder}/data
            command_directory = /usr/sbin
            daemon_directory = /usr/lib/postfix/sbin
            mail_owner = postfix
            setgid_group = postdrop
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            myhostname = mx.{domain}
            mydestination =
            relay_domains = {domain}
            relay_transport = {(nextHop is { } next ? string.Create(CultureInfo.InvariantCulture, $"relay:[127.0.0.1]:{next}") : "discard:")}
            smtpd_milters = {(milter is { } filter ? string.Create(CultureInfo.InvariantCulture, $"inet:127.0.0.1:{filter}") : "")}
            maillog_file = {folder}/mail.log
            maillog_file_prefixes = {folder}
            smtpd_recipient_restrictions = check_recipient_access inline:{"{{"}unknown@{domain}=550 5.1.1 Nobody of that name{"}}"}, reject_unauth_destination
            """);
        var master = await File.ReadAllTextAsync(MasterTemplate);
        master = PublicPort().Replace(master, $"127.0.0.1:{port} inet n - n - - smtpd");
        await File.WriteAllTextAsync(Path.Combine(configuration, "master.cf"), Chrooted().Replace(master, "$1n$2"));
        await RunAsync("chown", "-R", "postfix", Path.Combine(folder, "data"));
        await RunAsync("postfix", "-c", configuration, "start");
        return new PostfixServer(folder, port);
    }

    /// <summary>Message-IDs that its cleanup daemon took over, in the order of the log.</summary>
    public async Task<IReadOnlyList<string>> TakenAsync() =>
        [.. MessageId().Matches(await File.ReadAllTextAsync(Path.Combine(_folder, "mail.log"))).Select(m => m.Groups[1].Value)];

    public async ValueTask DisposeAsync()
    {
        await RunAsync("postfix", "-c", Path.Combine(_folder, "conf"), "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
    }

    [GeneratedRegex(@"^smtp +inet .*$", RegexOptions.Multiline)]
    private static partial Regex PublicPort();

    // The fifth column says whether a daemon is locked into the queue folder, which lacks what it would need there.
    [GeneratedRegex(@"^([a-z]\S*(?:[ \t]+\S+){3}[ \t]+)y([ \t])", RegexOptions.Multiline)]
    private static partial Regex Chrooted();

    [GeneratedRegex(@"message-id=<([^>]+)>")]
    private static partial Regex MessageId();
}
