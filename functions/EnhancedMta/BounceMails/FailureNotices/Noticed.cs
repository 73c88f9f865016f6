using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails.FailureNotices;

/// <summary>A recipient as a text names it.</summary>
/// <param name="Address">As written.</param>
/// <param name="Words">What the text says of it, lines joined by line feeds; empty when nothing.</param>
internal sealed record Noticed(string Address, string Words)
{
    /// <summary>What the address became, when the text says so: the same recipient by another name.</summary>
    public string? Final { get; init; }

    public SmtpCommand Command { get; init; } = SmtpCommand.Unknown;

    public string? RemoteMta { get; init; }

    /// <summary>It stands near words of failure, but the form does not make it a recipient: counts only when nothing better is found.</summary>
    public bool IsWeak { get; init; }
}
