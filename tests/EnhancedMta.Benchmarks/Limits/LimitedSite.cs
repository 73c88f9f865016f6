using System.Net;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>A recipients' site with the MX rule that it is sent to by.</summary>
/// <param name="Name">Of the rule, and in its domain.</param>
/// <param name="Number">Of its address on loopback.</param>
/// <param name="Connections">Allowed at once.</param>
/// <param name="MessagesPerConnection">Allowed.</param>
/// <param name="PerSlice">Messages that it takes in five minutes; null for any number.</param>
/// <param name="Seconds">That it takes for a message, on the common clock.</param>
internal sealed record LimitedSite(string Name, byte Number, int Connections, int MessagesPerConnection, int? PerSlice, double Seconds)
{
    /// <summary>Commands of a message, each of which the sink answers after its delay: MAIL, RCPT and DATA.</summary>
    private const int AnswersPerMessage = 3;

    public string Domain => $"{Name}.test";

    /// <summary>New connections in a minute; null for any number.</summary>
    public int? PerMinute { get; init; }

    public IPAddress Address => new([127, 0, 0, Number]);

    public object Rule => new
    {
        id = Name,
        mx = Address.ToString(),
        maxConnections = Connections,
        maxMessagesPerConnection = MessagesPerConnection,
        connectionsPerMinute = PerMinute,
        messagesPerHour = PerSlice * Paths.Slices.Slice.PerHour,
        tls = "off",
        why = "Of the benchmark.",
    };

    /// <param name="speed">Of the clock: the sink's delays are real.</param>
    public Persona Persona(double speed) => new(Name, "mx." + Domain, [Domain]) { Address = Address, Delay = TimeSpan.FromSeconds(Seconds / speed / AnswersPerMessage) };
}
