using ARSoft.Tools.Net.Dns;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Smtp;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

public enum Published
{
    Nothing,
    Testing,
    TestingForOthers,
    Enforce,
    /// <summary>The policy names other hosts than the MX.</summary>
    EnforceForOthers,
}

public enum Certificate
{
    Valid,
    OfAnotherName,
    SelfSigned,
    Expired,
}

public enum TlsaRecords
{
    None,
    /// <summary>3 1 1, of the server's certificate.</summary>
    Own,
    /// <summary>3 0 2, of the server's certificate.</summary>
    OwnWhole,
    /// <summary>3 1 1, of another certificate.</summary>
    Another,
    /// <summary>2 0 1, of the authority that the server sends.</summary>
    Authority,
    /// <summary>2 1 2, of its key.</summary>
    AuthorityKey,
    /// <summary>2 0 0: the root, which servers do not send.</summary>
    WholeRoot,
    /// <summary>2 1 1, of another authority.</summary>
    AnotherAuthority,
    /// <summary>Usages that SMTP has no use for, and a digest of a wrong length.</summary>
    Unusable,
    /// <summary>SERVFAIL.</summary>
    Failing,
    /// <summary>3 1 1 of another certificate, in a zone that is not signed.</summary>
    NotSigned,
    /// <summary>3 1 1 of another certificate; the domain's MX records are not signed.</summary>
    BehindUnsignedMx,
}

public enum Expected
{
    Encrypted,
    Clear,
    Waits,
}

/// <summary>What becomes of a mail, by what its domain publishes and what the MX shows: over real DNS, HTTPS and SMTP on loopback.</summary>
public sealed class TruthTableTests(AzuriteFixture azurite)
{
    [Theory]
    // No policy: opportunistic (RFC 7435).
    [InlineData(Published.Nothing, TlsaRecords.None, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.None, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.None, SmtpTls.NotOffered, Certificate.Valid, Expected.Clear, TlsFault.StartTlsNotSupported)]
    [InlineData(Published.Nothing, TlsaRecords.None, SmtpTls.Breaks, Certificate.Valid, Expected.Clear, TlsFault.ValidationFailure)]
    // MTA-STS that only tests: mail goes as without, and the domain hears of it.
    [InlineData(Published.Testing, TlsaRecords.None, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Testing, TlsaRecords.None, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, TlsFault.CertificateNotTrusted)]
    [InlineData(Published.Testing, TlsaRecords.None, SmtpTls.Works, Certificate.Expired, Expected.Encrypted, TlsFault.CertificateExpired)]
    [InlineData(Published.Testing, TlsaRecords.None, SmtpTls.NotOffered, Certificate.Valid, Expected.Clear, TlsFault.StartTlsNotSupported)]
    [InlineData(Published.Testing, TlsaRecords.None, SmtpTls.Breaks, Certificate.Valid, Expected.Clear, TlsFault.ValidationFailure)]
    [InlineData(Published.TestingForOthers, TlsaRecords.None, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, TlsFault.ValidationFailure)]
    // MTA-STS that is enforced.
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.Works, Certificate.OfAnotherName, Expected.Waits, TlsFault.CertificateHostMismatch)]
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.Works, Certificate.SelfSigned, Expected.Waits, TlsFault.CertificateNotTrusted)]
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.Works, Certificate.Expired, Expected.Waits, TlsFault.CertificateExpired)]
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.NotOffered, Certificate.Valid, Expected.Waits, TlsFault.StartTlsNotSupported)]
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.Refused, Certificate.Valid, Expected.Waits, TlsFault.StartTlsNotSupported)]
    [InlineData(Published.Enforce, TlsaRecords.None, SmtpTls.Breaks, Certificate.Valid, Expected.Waits, TlsFault.ValidationFailure)]
    [InlineData(Published.EnforceForOthers, TlsaRecords.None, SmtpTls.Works, Certificate.Valid, Expected.Waits, TlsFault.ValidationFailure)]
    // DANE-EE: the certificate itself; neither name nor time matter (RFC 7672 §3.1.1).
    [InlineData(Published.Nothing, TlsaRecords.Own, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.Own, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.OwnWhole, SmtpTls.Works, Certificate.Expired, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.Own, SmtpTls.Works, Certificate.OfAnotherName, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.Another, SmtpTls.Works, Certificate.Valid, Expected.Waits, TlsFault.ValidationFailure)]
    [InlineData(Published.Nothing, TlsaRecords.Own, SmtpTls.NotOffered, Certificate.Valid, Expected.Waits, TlsFault.StartTlsNotSupported)]
    [InlineData(Published.Nothing, TlsaRecords.Own, SmtpTls.Breaks, Certificate.Valid, Expected.Waits, TlsFault.ValidationFailure)]
    // DANE-TA: an authority of the domain's choice; name and time matter (RFC 7672 §3.1.2).
    [InlineData(Published.Nothing, TlsaRecords.Authority, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.AuthorityKey, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.WholeRoot, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.AnotherAuthority, SmtpTls.Works, Certificate.Valid, Expected.Waits, TlsFault.ValidationFailure)]
    [InlineData(Published.Nothing, TlsaRecords.Authority, SmtpTls.Works, Certificate.OfAnotherName, Expected.Waits, TlsFault.ValidationFailure)]
    [InlineData(Published.Nothing, TlsaRecords.Authority, SmtpTls.Works, Certificate.Expired, Expected.Waits, TlsFault.ValidationFailure)]
    [InlineData(Published.Nothing, TlsaRecords.Authority, SmtpTls.Works, Certificate.SelfSigned, Expected.Waits, TlsFault.ValidationFailure)]
    // No usable record: TLS, of whomever (RFC 7672 §2.2).
    [InlineData(Published.Nothing, TlsaRecords.Unusable, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.Unusable, SmtpTls.NotOffered, Certificate.Valid, Expected.Waits, TlsFault.StartTlsNotSupported)]
    // Records that somebody may be hiding, and records that anybody may have made up.
    [InlineData(Published.Nothing, TlsaRecords.Failing, SmtpTls.Works, Certificate.Valid, Expected.Waits, TlsFault.DnssecInvalid)]
    [InlineData(Published.Nothing, TlsaRecords.NotSigned, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, null)]
    [InlineData(Published.Nothing, TlsaRecords.NotSigned, SmtpTls.NotOffered, Certificate.Valid, Expected.Clear, TlsFault.StartTlsNotSupported)]
    [InlineData(Published.Nothing, TlsaRecords.BehindUnsignedMx, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, null)]
    // DANE comes before MTA-STS (RFC 8461 §2).
    [InlineData(Published.Enforce, TlsaRecords.Own, SmtpTls.Works, Certificate.SelfSigned, Expected.Encrypted, null)]
    [InlineData(Published.EnforceForOthers, TlsaRecords.Own, SmtpTls.Works, Certificate.Valid, Expected.Encrypted, null)]
    [InlineData(Published.Enforce, TlsaRecords.Another, SmtpTls.Works, Certificate.Valid, Expected.Waits, TlsFault.ValidationFailure)]
    [InlineData(Published.Enforce, TlsaRecords.NotSigned, SmtpTls.Works, Certificate.SelfSigned, Expected.Waits, TlsFault.CertificateNotTrusted)]
    internal async Task Each_combination_has_its_outcome(Published sts, TlsaRecords tlsa, SmtpTls offer, Certificate shown, Expected expected, TlsFault? fault)
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        // Who wants reports has each session judged.
        world.Dns.Txt($"_smtp._tls.{TlsWorld.Domain}", "v=TLSRPTv1; rua=mailto:tls@reports.test");
        if (sts != Published.Nothing)
            world.Announce(sts is Published.Testing or Published.TestingForOthers ? "testing" : "enforce", sts is Published.Testing or Published.Enforce ? TlsWorld.Host : "mx.others.test");
        world.Server.Tls = offer;
        world.Server.Identity = Identity(world, shown);
        Publish(world, tlsa);

        var result = await world.SendAsync(isSecure: tlsa != TlsaRecords.BehindUnsignedMx);

        Assert.Equal(fault, result.TlsSessions[^1].Failure?.Fault);
        if (expected == Expected.Waits)
        {
            Assert.Equal((AttemptOutcome.NoSession, LocalError.TlsFailed, true), (result.Outcome, result.Error, result.IsPolicyFailure));
            Assert.Contains(tlsa == TlsaRecords.None || tlsa == TlsaRecords.NotSigned ? "MTA-STS" : "DANE", result.Detail, StringComparison.Ordinal);
            Assert.Empty(world.Server.Mails);
            Assert.DoesNotContain(world.Server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
            return;
        }

        Assert.Equal((AttemptOutcome.Accepted, expected == Expected.Encrypted), (result.Outcome, result.Tls is not null));
        Assert.Equal(expected == Expected.Encrypted, Assert.Single(world.Server.Mails).IsTls);
        var isDane = tlsa is not (TlsaRecords.None or TlsaRecords.NotSigned or TlsaRecords.BehindUnsignedMx);
        Assert.StartsWith(isDane ? "DANE" : sts == Published.Nothing ? "" : fault is null ? "MTA-STS" : "not enforced", result.TlsPolicy ?? "", StringComparison.Ordinal);
    }

    private static System.Net.Security.SslStreamCertificateContext Identity(TlsWorld world, Certificate shown) => shown switch
    {
        Certificate.SelfSigned => MailAuthority.SelfSigned(TlsWorld.Host),
        Certificate.OfAnotherName => world.Authority.Identity("another.test"),
        Certificate.Expired => world.Authority.Identity(TlsWorld.Host, isExpired: true),
        _ => world.Authority.Identity(TlsWorld.Host),
    };

    private static void Publish(TlsWorld world, TlsaRecords tlsa)
    {
        if (tlsa is TlsaRecords.None)
            return;
        if (tlsa != TlsaRecords.NotSigned)
            world.Dns.Signed[TlsWorld.Domain] = 0;
        var own = world.Server.Identity!.TargetCertificate;
        using var others = new MailAuthority();
        switch (tlsa)
        {
            case TlsaRecords.Own:
                world.Tlsa(3, 1, 1, MailAuthority.PublicKey(own));
                break;
            case TlsaRecords.OwnWhole:
                world.Tlsa(3, 0, 2, own.RawData);
                break;
            case TlsaRecords.Authority:
                world.Tlsa(2, 0, 1, world.Authority.Intermediate.RawData);
                break;
            case TlsaRecords.AuthorityKey:
                world.Tlsa(2, 1, 2, MailAuthority.PublicKey(world.Authority.Intermediate));
                break;
            case TlsaRecords.WholeRoot:
                world.Tlsa(2, 0, 0, world.Authority.Root.RawData);
                break;
            case TlsaRecords.AnotherAuthority:
                world.Tlsa(2, 1, 1, MailAuthority.PublicKey(others.Intermediate));
                break;
            case TlsaRecords.Unusable:
                world.Tlsa(1, 1, 1, MailAuthority.PublicKey(others.Intermediate));
                world.Tlsa(0, 0, 1, others.Root.RawData);
                world.Dns.Tlsa($"_{world.Server.Port}._tcp.{TlsWorld.Host}", 3, 1, 1, [1, 2, 3]);
                break;
            case TlsaRecords.Failing:
                world.Dns.Failing[$"_{world.Server.Port}._tcp.{TlsWorld.Host}"] = ReturnCode.ServerFailure;
                break;
            default:
                world.Tlsa(3, 1, 1, MailAuthority.PublicKey(others.Intermediate));
                break;
        }
    }
}
