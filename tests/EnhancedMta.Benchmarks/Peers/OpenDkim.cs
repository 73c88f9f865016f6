using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>OpenDKIM as a signer on loopback, with our key and our canonicalization.</summary>
internal sealed class OpenDkim : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private OpenDkim(ChildProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int ProcessId => _process.Id;

    public static async Task<OpenDkim> StartAsync(WorkFolder folder, RSA key, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        var keyFile = Path.Combine(folder.Path, "opendkim.pem");
        var configuration = Path.Combine(folder.Path, "opendkim.conf");
        await File.WriteAllTextAsync(keyFile, key.ExportRSAPrivateKeyPem(), cancellationToken);
        // Without RequireSafeKeys it would sign nothing, and say so nowhere, for a key below a folder that all may write to.
        await File.WriteAllTextAsync(configuration, $"""
            Mode s
            Domain {Letter.SenderDomain}
            Selector bench
            KeyFile {keyFile}
            RequireSafeKeys false
            Canonicalization relaxed/relaxed
            SignatureAlgorithm rsa-sha256
            InternalHosts 127.0.0.0/8
            Socket inet:{port}@127.0.0.1
            Background false
            Syslog false
            UserID root

            """, cancellationToken);
        var process = ChildProcess.Start(Installed.Require("opendkim", "opendkim"), ["-f", "-x", configuration], folder.Path);
        try
        {
            await Ports.WaitAsync(port, process, cancellationToken);
            return new OpenDkim(process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
