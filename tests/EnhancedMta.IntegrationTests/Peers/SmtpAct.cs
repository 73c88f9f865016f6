using System.Text;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>What a <see cref="ScriptedSmtpServer"/> does at a step.</summary>
public sealed record SmtpAct
{
    private SmtpAct()
    {
    }

    /// <summary>Ends the connection without a word.</summary>
    public static SmtpAct Close { get; } = new() { Closes = true };

    /// <summary>Ends the connection with a TCP reset.</summary>
    public static SmtpAct Abort { get; } = new() { Closes = true, Resets = true };

    /// <summary>At the end of the data: takes the message, and ends the connection without a word.</summary>
    public static SmtpAct TakeAndClose { get; } = new() { Closes = true, Takes = true };

    /// <summary>Says nothing until the client gives up.</summary>
    public static SmtpAct Stall { get; } = new() { Stalls = true };

    /// <summary>Sends continuation lines of a reply until the client gives up.</summary>
    public static SmtpAct Endless { get; } = new() { NeverEnds = true };

    internal byte[] Octets { get; private init; } = [];

    internal bool Closes { get; private init; }

    internal bool Resets { get; private init; }

    internal bool Takes { get; private init; }

    internal bool Stalls { get; private init; }

    internal bool NeverEnds { get; private init; }

    /// <summary>Whether the server goes on as after success.</summary>
    internal bool IsPositive => Takes || (Octets.Length > 0 && Octets[0] is (byte)'2' or (byte)'3');

    /// <summary>Replies, one line for each argument as it goes over the wire (<c>550-first</c>, <c>550 last</c>).</summary>
    public static SmtpAct Reply(params string[] lines) => Raw(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))));

    /// <summary>Replies, and ends the connection.</summary>
    public static SmtpAct ReplyAndClose(params string[] lines) => Reply(lines) with { Closes = true };

    /// <summary>Sends these octets.</summary>
    public static SmtpAct Raw(byte[] octets) => new() { Octets = octets, Takes = octets.Length > 0 && octets[0] == '2' };
}
