using System.Globalization;
using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>OpenSMTPD with its filter dkimsign. Unpacked from Debian's packages.</summary>
internal sealed class OpenSmtpdPeer : IPeer
{
    private const string User = "opensmtpd";

    private static readonly string[] Packages = ["opensmtpd", "opensmtpd-filter-dkimsign", "libopensmtpd0"];

    private DebianPackages? _packages;

    public string Name => "opensmtpd";

    public string Label => "OpenSMTPD";

    public async Task<string> PrepareAsync(CancellationToken cancellationToken) => (_packages = await DebianPackages.UnpackAsync(Packages, cancellationToken)).Version;

    public async Task<IRunningPeer> StartAsync(WorkFolder folder, RSA key, int sinkPort, CancellationToken cancellationToken)
    {
        var jail = await Jail.CreateAsync(folder, _packages!, [User, "opensmtpq"], cancellationToken);
        // Where it changes its root to; nobody but root may write there. It makes the queue's folders by itself.
        Directory.CreateDirectory(jail.Root + "/var/lib/opensmtpd/empty");
        Directory.CreateDirectory(jail.Root + OpenSmtpd.Spool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await jail.WriteAsync("/etc/dkim.pem", key.ExportRSAPrivateKeyPem(), cancellationToken);
        var port = Ports.Free();
        await jail.WriteAsync("/etc/smtpd.conf", Configuration(port, sinkPort), cancellationToken);
        var process = jail.Start("/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf");
        try
        {
            await Ports.WaitAsync(port, process, cancellationToken);
            return new OpenSmtpd(jail, process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    // As many connections to the next host as Postfix has, opened without its pauses of some seconds, and hardly a bound on what goes over one.
    private static string Configuration(int port, int sinkPort) => string.Create(CultureInfo.InvariantCulture, $"""
        filter dkim proc-exec "/usr/bin/env LD_LIBRARY_PATH={Jail.Libraries} /usr/libexec/opensmtpd/filter-dkimsign -a rsa-sha256 -c relaxed/relaxed -d {Letter.SenderDomain} -s bench -k /etc/dkim.pem" user {User} group {User}
        smtp limit max-mails 1000000
        mta limit max-conn-per-host 50
        mta limit max-conn-per-route 50
        mta limit max-conn-per-connector 50
        mta limit max-conn-per-relay 50
        mta limit conn-delay-route 0
        mta limit conn-delay-relay 0
        mta limit reconn-delay-route 0
        mta limit session-mail-max 1000
        listen on 127.0.0.1 port {port} filter dkim
        action out relay host "smtp://127.0.0.1:{sinkPort}"
        match from any for any action out

        """);
}
