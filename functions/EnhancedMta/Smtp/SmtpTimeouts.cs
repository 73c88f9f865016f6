namespace EnhancedMta.Smtp;

/// <summary>How long each step may take. RFC 5321 §4.5.3.2 asks for five minutes where two are enough for every live server that we know.</summary>
public sealed record SmtpTimeouts
{
    /// <summary>For one address.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting, for each reply to a command or group of commands, and for the TLS handshake.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the server to take a block of 64 KB of the data (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the reply to the end of the data. Ending this wait early makes duplicates (RFC 1047).</summary>
    public TimeSpan EndOfData { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For that reply once the caller has cancelled: a last chance to learn what became of the message.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(5);
}
