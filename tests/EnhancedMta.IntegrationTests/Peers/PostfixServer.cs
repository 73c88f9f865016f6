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
    private SaslPasswords? _passwords;

    private PostfixServer(string folder, int port) => (_folder, Port) = (folder, port);

    public int Port { get; }

    /// <summary>Null when Postfix can be started here, else why not.</summary>
    public static string? Missing =>
        !File.Exists(MasterTemplate) ? "Postfix is not installed (Debian package postfix)."
        : Environment.UserName != "root" ? "Postfix can only be started by root."
        : null;

    /// <summary>Null when it can ask for passwords as well.</summary>
    public static string? MissingForSubmission => Missing
        ?? (Directory.EnumerateFiles("/usr/lib", "libplain.so*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Any()
            ? null
            : "Cyrus SASL's PLAIN plug-in is not installed (Debian package libsasl2-modules).");

    /// <summary>A submission server (RFC 6409): STARTTLS, then a password, then mail for anybody.</summary>
    /// <param name="domain">Its own.</param>
    /// <param name="authority">Issues its certificate.</param>
    /// <param name="user">Who may log in.</param>
    /// <param name="password">With what.</param>
    public static async Task<PostfixServer> StartSubmissionAsync(string domain, PrivateAuthority authority, string user, string password)
    {
        SaslPasswords? passwords = null;
        var server = await StartAsync(domain, async folder =>
        {
            var (key, certificate) = authority.Issue("localhost");
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key);
            await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), certificate);
            passwords = new SaslPasswords(Path.Combine(folder, "mux"), user, password);
            // Where Debian's Postfix looks, whatever cyrus_sasl_config_path says.
            Directory.CreateDirectory(Path.Combine(folder, "conf", "sasl"));
            await File.WriteAllTextAsync(Path.Combine(folder, "conf", "sasl", "smtpd.conf"), $"""
                pwcheck_method: saslauthd
                saslauthd_path: {folder}/mux
                mech_list: PLAIN LOGIN
                """);
            return $"""
                smtpd_tls_security_level = encrypt
                smtpd_tls_auth_only = yes
                smtpd_tls_key_file = {folder}/key.pem
                smtpd_tls_cert_file = {folder}/certificate.pem
                smtpd_sasl_auth_enable = yes
                smtpd_relay_restrictions = permit_sasl_authenticated, reject
                smtpd_recipient_restrictions = permit_sasl_authenticated, reject
                default_transport = discard:
                """;
        });
        server._passwords = passwords;
        return server;
    }

    /// <param name="domain">Takes mail for it.</param>
    /// <param name="nextHop">Port on loopback to hand it on to; none to throw it away.</param>
    /// <param name="milter">Port on loopback of a mail filter that sees it first.</param>
    public static Task<PostfixServer> StartAsync(string domain, int? nextHop = null, int? milter = null) => StartAsync(domain, _ => Task.FromResult($"""
        relay_domains = {domain}
        relay_transport = {(nextHop is { } next ? string.Create(CultureInfo.InvariantCulture, $"relay:[127.0.0.1]:{next}") : "discard:")}
        smtpd_milters = {(milter is { } filter ? string.Create(CultureInfo.InvariantCulture, $"inet:127.0.0.1:{filter}") : "")}
        smtpd_recipient_restrictions = check_recipient_access inline:{"{{"}unknown@{domain}=550 5.1.1 Nobody of that name{"}}"}, reject_unauth_destination
        """));

    /// <summary>One that hands its mail on.</summary>
    /// <param name="domains">That it takes mail for; in A-labels.</param>
    /// <param name="nextHop">Port on loopback that gets it.</param>
    /// <param name="settings">More of main.cf.</param>
    public static Task<PostfixServer> StartRelayAsync(IReadOnlyList<string> domains, int nextHop, string settings) => StartAsync(domains[0], _ => Task.FromResult($"""
        relay_domains = {string.Join(", ", domains)}
        relay_transport = smtp:[127.0.0.1]:{nextHop}
        smtpd_recipient_restrictions = reject_unauth_destination
        {settings}
        """));

    private static async Task<PostfixServer> StartAsync(string domain, Func<string, Task<string>> settings)
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
            maillog_file = {folder}/mail.log
            maillog_file_prefixes = {folder}
            {await settings(folder)}
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
        if (_passwords is not null)
            await _passwords.DisposeAsync();
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
