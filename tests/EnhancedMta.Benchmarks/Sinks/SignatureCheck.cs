using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace EnhancedMta.Benchmarks.Sinks;

/// <summary>Verifies the DKIM signature of dumped messages: a header field alone proves no work.</summary>
internal sealed class SignatureCheck(string publicKey)
{
    private readonly DkimVerifier _verifier = new(new GivenKey(publicKey));

    public bool IsGood(string file)
    {
        using var content = new MemoryStream(Encoding.Latin1.GetBytes(AsReceived(File.ReadAllText(file, Encoding.Latin1))));
        using var message = MimeMessage.Load(content);
        var field = message.Headers.FirstOrDefault(header => header.Id == HeaderId.DkimSignature);
        return field is not null && _verifier.Verify(message, field);
    }

    // The sink's own lines end with a Received field of three lines.
    private static string AsReceived(string dump)
    {
        var at = dump.IndexOf("\nReceived: ", StringComparison.Ordinal) + 1;
        for (var line = 0; line < 3; line++)
            at = dump.IndexOf('\n', at) + 1;
        return dump[at..].Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    private sealed class GivenKey(string publicKey) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            GetPublicKey($"v=DKIM1; k=rsa; p={publicKey}");

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
