using System.Net;
using EnhancedMta.Sites;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Smtp;

/// <summary>What was tried so far; the last failure stands for the whole.</summary>
internal sealed class OpeningAttempts
{
    private readonly List<string> _notes = [];
    private MxHost? _host;
    private IPEndPoint? _address;
    private LocalError? _error = LocalError.NoMailHost;
    private SmtpReply? _reply;

    // A host was there, and only the domain's policy forbade it.
    private bool _isPolicyFailure;

    public int Connections { get; set; }

    /// <summary>For the domain's report.</summary>
    public List<TlsSession> Tls { get; } = [];

    /// <summary>What the egress said when it would not go to the last target.</summary>
    public string? Doubt { get; private set; }

    public void Note(MxHost host, IPEndPoint? address, SessionFailedException failure)
    {
        Note(host, address, failure.Error, failure.Reply is { } reply ? $"refused: {reply}" : failure.Message);
        if (address is null)
            return;
        _reply = failure.Reply;
        Doubt = failure.IsDoubt ? failure.Message : null;
    }

    public void NotePolicy(MxHost host, IPEndPoint? address, HostPolicy? policy, TlsFailure failure, bool isOfPolicy)
    {
        Tls.Add(new(policy, host.Name, address?.ToString(), failure));
        if (!isOfPolicy)
            return;
        _isPolicyFailure = true;
        // With an address it is noted already.
        if (address is null)
            Note(host, null, LocalError.TlsFailed, failure.Detail);
    }

    private bool IsPolicyFailure => _isPolicyFailure && _reply is null && Doubt is null && _error != LocalError.EgressFailed;

    private void Note(MxHost host, IPEndPoint? address, LocalError? error, string detail)
    {
        _notes.Add(address is null ? $"{host.Name}: {detail}" : $"{host.Name} {address}: {detail}");
        // A host that has no address tells less than one that was there to be tried.
        if (address is null && _address is not null)
            return;
        (_host, _address, _error) = (host, address, error);
    }

    public AttemptResult Result(TimeSpan duration) => new()
    {
        Outcome = AttemptOutcome.NoSession,
        Reply = _reply,
        Error = IsPolicyFailure ? LocalError.TlsFailed : _error,
        IsPolicyFailure = IsPolicyFailure,
        TlsSessions = Tls,
        Detail = _notes.Count == 0 ? "no host has an address that this egress can reach" : string.Join("; ", _notes),
        MxHost = _host?.Name,
        RemoteAddress = _address?.ToString(),
        Duration = duration,
    };
}
