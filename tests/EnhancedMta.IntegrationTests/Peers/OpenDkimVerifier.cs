using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EnhancedMta.Dkim;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>OpenDKIM as a mail filter on loopback that verifies, and writes what it finds into the mail (Authentication-Results).</summary>
internal sealed class OpenDkimVerifier : IAsyncDisposable
{
    public const string Authority = "opendkim.test";

    private const string Program = "/usr/sbin/opendkim";

    private readonly string _folder;
    private readonly Process _process;

    private OpenDkimVerifier(string folder, Process process, int port) => (_folder, _process, Port) = (folder, process, port);

    public int Port { get; }

    /// <summary>Null when OpenDKIM can be started here, else why not.</summary>
    public static string? Missing => File.Exists(Program) ? null : "OpenDKIM is not installed (Debian package opendkim).";

    /// <param name="records">Key records, in the place of the DNS.</param>
    public static async Task<OpenDkimVerifier> StartAsync(IEnumerable<DkimRecord> records)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("enhancedmta-opendkim-").FullName;
        await File.WriteAllLinesAsync(Path.Combine(folder, "keys"), records.Select(record => $"{record.Name} {record.Value}"), cancellationToken);
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        await File.WriteAllTextAsync(Path.Combine(folder, "conf"), string.Create(CultureInfo.InvariantCulture, $"""
            Mode v
            AuthservID {Authority}
            AlwaysAddARHeader yes
            TestPublicKeys {folder}/keys
            InternalHosts 192.0.2.1
            On-Default accept
            Socket inet:{port}@127.0.0.1
            Background false
            Syslog false
            UserID {Environment.UserName}

            """), cancellationToken);
        var verifier = new OpenDkimVerifier(folder, Process.Start(new ProcessStartInfo(Program, ["-f", "-x", Path.Combine(folder, "conf")]) { RedirectStandardError = true })!, port);
        while (!await verifier.AnswersAsync(cancellationToken))
        {
            Assert.False(verifier._process.HasExited, verifier._process.HasExited ? await verifier._process.StandardError.ReadToEndAsync(cancellationToken) : "");
            await Task.Delay(20, cancellationToken);
        }
        return verifier;
    }

    /// <summary>Its words in a mail that it saw: unfolded, one for each signature.</summary>
    public static IReadOnlyList<string> ResultsIn(ReceivedMail mail)
    {
        var header = mail.Text[..mail.Text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n\t", " ", StringComparison.Ordinal).Replace("\r\n ", " ", StringComparison.Ordinal);
        var field = header.Split("\r\n").Single(line => line.StartsWith($"Authentication-Results: {Authority}", StringComparison.OrdinalIgnoreCase));
        return [.. field.Split(';').Skip(1).Select(result => result.Trim())];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
