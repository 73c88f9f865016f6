using System.Text;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>Where in a session a <see cref="ScriptedSmtpServer"/> is asked what to do.</summary>
public enum SmtpPhase
{
    /// <summary>A connection was made; the greeting is due.</summary>
    Connect,
    /// <summary>EHLO or HELO.</summary>
    Ehlo,
    StartTls,
    Mail,
    Rcpt,
    Data,
    /// <summary>A first part of the data is there, and its end is not.</summary>
    MidData,
    /// <summary>The final dot was read.</summary>
    EndOfData,
    Rset,
    Quit,
    /// <summary>Any other command.</summary>
    Other,
}

/// <summary>What just came from the client.</summary>
/// <param name="Phase">Of the session.</param>
/// <param name="Line">The command without its CRLF; empty for the phases without one.</param>
/// <param name="Connection">1 for the first connection that the server took.</param>
/// <param name="Message">1 for the connection's first MAIL; 0 before.</param>
/// <param name="Recipient">Of the last RCPT that was accepted, else null.</param>
public sealed record SmtpStep(SmtpPhase Phase, string Line, int Connection, int Message, string? Recipient);

/// <summary>A message that the server took.</summary>
/// <param name="MailLine">The MAIL command with its parameters.</param>
/// <param name="RcptLine">The RCPT command.</param>
/// <param name="Data">As it was before dot-stuffing, final dot gone.</param>
/// <param name="IsTls">It came over TLS.</param>
/// <param name="Connection">The connection's number.</param>
public sealed record ReceivedMail(string MailLine, string RcptLine, byte[] Data, bool IsTls, int Connection)
{
    public string Sender => Path(MailLine);

    public string Recipient => Path(RcptLine);

    public string Text => Encoding.Latin1.GetString(Data);

    /// <summary>The Message-ID field's value, or an empty string.</summary>
    public string MessageId => Text.Split("\r\n").TakeWhile(line => line.Length > 0)
        .FirstOrDefault(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase))?["Message-ID:".Length..].Trim() ?? "";

    internal static string Path(string line) => line[(line.IndexOf('<') + 1)..line.LastIndexOf('>')];
}
