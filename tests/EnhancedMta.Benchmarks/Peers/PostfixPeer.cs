using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>Postfix as the machine has it, with OpenDKIM as its signer.</summary>
internal sealed class PostfixPeer : IPeer
{
    public string Name => "postfix";

    public string Label => "Postfix + OpenDKIM";

    public async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var (program, package) in new[] { ("postfix", "postfix"), ("postconf", "postfix"), ("opendkim", "opendkim") })
        {
            if (Installed.Find(program) is null)
                throw new PeerMissingException($"{program} is not installed: apt-get install {package} (Debian, Ubuntu).");
        }
        if (!Environment.IsPrivilegedProcess)
            throw new PeerMissingException("Postfix starts only as root.");
        return (await ChildProcess.RunAsync(Installed.Require("postconf", "postfix"), ["-d", "-h", "mail_version"], "/", cancellationToken)).Trim();
    }

    public async Task<IRunningPeer> StartAsync(WorkFolder folder, RSA key, int sinkPort, CancellationToken cancellationToken)
    {
        var signer = await OpenDkim.StartAsync(folder, key, cancellationToken);
        try
        {
            return await Postfix.StartAsync(folder, signer, sinkPort, cancellationToken);
        }
        catch
        {
            await signer.DisposeAsync();
            throw;
        }
    }
}
