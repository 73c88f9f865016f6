using System.Globalization;

namespace EnhancedMta.Smtp;

/// <summary>A remote server's own words. Never built from anything that we say ourselves: those are <see cref="LocalError"/>s.</summary>
/// <param name="Code">The three-digit code (RFC 5321 §4.2.1).</param>
/// <param name="Status">The enhanced status code, when the text begins with one (RFC 2034).</param>
/// <param name="Text">All lines without their codes, joined by a line feed; at most <see cref="MaxTextLength"/> characters.</param>
/// <param name="Command">What was answered.</param>
public sealed record SmtpReply(int Code, EnhancedStatusCode? Status, string Text, SmtpCommand Command)
{
    /// <summary>What is kept of a reply. RFC 5321 §4.5.3.1.5 allows 512 octets a line; real refusals run over a few lines.</summary>
    public const int MaxTextLength = 1024;

    public bool IsPermanent => Code is >= 500 and <= 599;

    public bool IsTransient => Code is >= 400 and <= 499;

    /// <summary>The first line with code and text, as people quote replies: <c>550 5.1.1 User unknown</c>, further lines after it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Text}");
}
