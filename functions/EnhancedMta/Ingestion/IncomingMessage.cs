using EnhancedMta.Addresses;

namespace EnhancedMta.Ingestion;

/// <summary>One line of a relay request: an <see cref="IncomingMessage"/> or a <see cref="RejectedLine"/>, nothing else.</summary>
public abstract record RelayLine
{
    private protected RelayLine(int line) => Line = line;

    /// <summary>1-based line (NDJSON, blank lines counted) or index (JSON array) in the request; 1 for a single message.</summary>
    public int Line { get; }
}

/// <summary>A line of a relay request that passed every check, with its content ready to be stored and sent.</summary>
/// <param name="Line">1-based line (NDJSON) or index (JSON array) in the request; 1 for a single message.</param>
/// <param name="MessageId">Campaign's delivery-log id.</param>
/// <param name="To">The one recipient.</param>
/// <param name="FromDomain">Domain of the first From address, lower case A-labels: what DKIM aligns with.</param>
/// <param name="Content">Header and body: CRLF line ends, no line over 998 octets, Date and Message-ID present, Bcc and Return-Path gone. In memory that the next line takes.</param>
/// <param name="EightBit">Content has octets above 127.</param>
/// <param name="OwnMessageId">Value of the Message-ID field that it came with; null when it has one of ours.</param>
public sealed record IncomingMessage(int Line, string MessageId, EmailAddress To, string FromDomain, ReadOnlyMemory<byte> Content, bool EightBit, string? OwnMessageId)
    : RelayLine(Line)
{
    /// <summary>What it lacks to be unsubscribed from by one click.</summary>
    public UnsubscribeFault Unsubscribe { get; init; }
}

/// <summary>A line that cannot be relayed. Its neighbours are.</summary>
/// <param name="Line">1-based, as in <see cref="IncomingMessage"/>.</param>
/// <param name="MessageId">When it could be read.</param>
/// <param name="Error">Names the field and says what to do.</param>
public sealed record RejectedLine(int Line, string? MessageId, string Error) : RelayLine(Line);
