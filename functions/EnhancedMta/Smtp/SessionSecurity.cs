using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Smtp;

/// <summary>What was learned of the server when the session was opened, whoever asked for it: later messages may ask for more than the first.</summary>
internal sealed record SessionSecurity
{
    /// <summary>Clear text since the server does not offer STARTTLS, or was not asked.</summary>
    public static SessionSecurity NotOffered { get; } = new() { WhyClear = new(TlsFault.StartTlsNotSupported, "STARTTLS is not offered") };

    public bool IsEncrypted { get; private init; }

    /// <summary>Null when there is TLS.</summary>
    public TlsFailure? WhyClear { get; private init; }

    /// <summary>Null when the certificate is valid for the host's name, by an authority that we trust.</summary>
    public TlsFailure? CertificateFailure { get; private init; }

    /// <summary>The server's own, and the others that it sent, DER.</summary>
    public IReadOnlyList<byte[]> Certificates { get; private init; } = [];

    /// <summary>Clear text since TLS failed a moment ago.</summary>
    public static SessionSecurity Broken(string detail) => new() { WhyClear = new(TlsFault.ValidationFailure, detail) };

    /// <summary>What the handshake showed.</summary>
    public static SessionSecurity Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string host) => new()
    {
        IsEncrypted = true,
        CertificateFailure = Failure(certificate, chain, errors, host),
        Certificates = certificate is null ? [] : [certificate.GetRawCertData(), .. (chain?.ChainPolicy.ExtraStore ?? []).Select(other => other.RawData).Where(other => !other.AsSpan().SequenceEqual(certificate.GetRawCertData()))],
    };

    private static TlsFailure? Failure(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        var statuses = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status) ?? X509ChainStatusFlags.NoError;
        var fault = !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? TlsFault.CertificateHostMismatch : TlsFault.ValidationFailure
            : statuses.HasFlag(X509ChainStatusFlags.NotTimeValid) ? TlsFault.CertificateExpired
            : (statuses & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 ? TlsFault.CertificateNotTrusted
            : TlsFault.ValidationFailure;
        return new(fault, $"the certificate ({certificate?.Subject}) is not valid for {host}: {(statuses == X509ChainStatusFlags.NoError ? errors : $"{errors}, {statuses}")}");
    }
}
