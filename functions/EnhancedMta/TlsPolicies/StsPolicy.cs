using EnhancedMta.Smtp;

namespace EnhancedMta.TlsPolicies;

internal enum StsMode
{
    None,
    Testing,
    Enforce,
}

/// <summary>A domain's MTA-STS policy (RFC 8461 §3.2).</summary>
/// <param name="Mode">What becomes of a session that fails it.</param>
/// <param name="Mx">Host names, lower case; <c>*.</c> in front stands for one label.</param>
/// <param name="MaxAge">How long it holds after it was fetched.</param>
internal sealed record StsPolicy(StsMode Mode, IReadOnlyList<string> Mx, TimeSpan MaxAge)
{
    /// <summary>RFC 8461 §3.2: 31,557,600 seconds.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(31_557_600);

    public bool Permits(string host)
    {
        foreach (var pattern in Mx)
        {
            // RFC 8461 §4.1: the wildcard is the whole left-most label, and stands for exactly one.
            var isMatch = pattern.StartsWith("*.", StringComparison.Ordinal)
                ? host.IndexOf('.') is var dot and > 0 && host.AsSpan(dot).SequenceEqual(pattern.AsSpan(1))
                : host == pattern;
            if (isMatch)
                return true;
        }
        return false;
    }
}

/// <summary>A fetched policy applied to one host.</summary>
internal sealed record StsHostPolicy(StsPolicy Policy, string Host) : HostPolicy(PolicyKind.Sts, Policy.Mode == StsMode.Enforce)
{
    public override IReadOnlyList<string> Text { get; } =
        ["version: STSv1", $"mode: {Policy.Mode.ToString().ToLowerInvariant()}", .. Policy.Mx.Select(mx => $"mx: {mx}"), FormattableString.Invariant($"max_age: {(long)Policy.MaxAge.TotalSeconds}")];

    public override IReadOnlyList<string> Mx => Policy.Mx;

    public override TlsFailure? Refusal { get; } =
        Policy.Permits(Host) ? null : new(TlsFault.ValidationFailure, $"MTA-STS: {Host} is not among the policy's hosts ({string.Join(", ", Policy.Mx)})");

    public override string Met => $"MTA-STS {Policy.Mode.ToString().ToLowerInvariant()}: certificate valid for {Host}";

    public override TlsFailure? Check(SessionSecurity session) =>
        !session.IsEncrypted ? session.WhyClear is { } why ? why with { Detail = $"MTA-STS: {why.Detail}" } : null
        : session.CertificateFailure is { } failure ? failure with { Detail = $"MTA-STS: {failure.Detail}" } : null;
}

/// <summary>The domain announces a policy that cannot be had, and none was known before: mail goes as without (RFC 8461 §5.1), and the domain hears of it.</summary>
internal sealed record StsWithoutPolicy(TlsFailure Failure) : HostPolicy(PolicyKind.Sts, IsEnforced: false)
{
    public override IReadOnlyList<string> Text => [];

    public override string Met => "";

    public override TlsFailure? Check(SessionSecurity session) => Failure;
}
