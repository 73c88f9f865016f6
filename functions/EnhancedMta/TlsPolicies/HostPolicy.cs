using EnhancedMta.Smtp;

namespace EnhancedMta.TlsPolicies;

internal enum PolicyKind
{
    /// <summary>The domain publishes none.</summary>
    None,
    Sts,
    Tlsa,
}

/// <summary>What a domain's policy asks of sessions with one of its MX hosts. It only ever adds to what the MX rule asks.</summary>
/// <param name="Kind">Whose policy it is.</param>
/// <param name="IsEnforced">A session that fails it must not be used; else its failure is only reported.</param>
internal abstract record HostPolicy(PolicyKind Kind, bool IsEnforced)
{
    /// <summary>The policy as reports quote it, a line each (RFC 8460 §4.4).</summary>
    public abstract IReadOnlyList<string> Text { get; }

    /// <summary>MX patterns, for reports.</summary>
    public virtual IReadOnlyList<string> Mx => [];

    /// <summary>Why no session with this host can do, whatever it proves; null when one may.</summary>
    public virtual TlsFailure? Refusal => null;

    /// <summary>Null when the session meets the policy.</summary>
    public abstract TlsFailure? Check(SessionSecurity session);

    /// <summary>For people: how a session that passed was verified.</summary>
    public abstract string Met { get; }
}
