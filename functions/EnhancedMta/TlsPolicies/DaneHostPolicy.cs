using System.Runtime.CompilerServices;
using EnhancedMta.Smtp;

namespace EnhancedMta.TlsPolicies;

/// <summary>TLSA records of one host (RFC 7672). They hold for a domain whose MX records are secure, too.</summary>
/// <param name="Set">The records.</param>
/// <param name="Host">Their host.</param>
/// <param name="Domain">The recipient domain: a certificate below an authority may have its name, too.</param>
/// <param name="Clock">For the certificates' time.</param>
internal sealed record DaneHostPolicy(TlsaSet Set, string Host, string Domain, TimeProvider Clock) : HostPolicy(PolicyKind.Tlsa, IsEnforced: true)
{
    // A session is asked anew for each message.
    private readonly ConditionalWeakTable<SessionSecurity, StrongBox<bool>> _matches = [];

    public override IReadOnlyList<string> Text { get; } = [.. Set.Records.Select(record => record.ToString())];

    public override string Met => Set.IsUsable ? $"DANE: TLSA record of {Host} matched" : $"DANE: no TLSA record of {Host} is usable; encrypted, not authenticated";

    public override TlsFailure? Check(SessionSecurity session) =>
        !session.IsEncrypted ? new(session.WhyClear?.Fault ?? TlsFault.StartTlsNotSupported, $"DANE: {session.WhyClear?.Detail}")
        : !Set.IsUsable || _matches.GetValue(session, s => new(Set.Matches(s.Certificates, [Host, Domain], Clock.GetUtcNow()))).Value ? null
        : new(TlsFault.ValidationFailure, $"DANE: no TLSA record of {Host} matches its certificate");
}

/// <summary>A host whose TLSA records cannot be had, though its zone is signed: somebody may be hiding them, so it must not be used (RFC 7672 §2.1.3).</summary>
internal sealed record DaneUnknown(TlsFailure Failure) : HostPolicy(PolicyKind.Tlsa, IsEnforced: true)
{
    public override IReadOnlyList<string> Text => [];

    public override string Met => "";

    public override TlsFailure? Refusal => Failure;

    public override TlsFailure? Check(SessionSecurity session) => Failure;
}
