namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Who the sink pretends to be.</summary>
public sealed record SmtpSinkOptions
{
    /// <summary>Each gets a port of its own, as each provider has an MX of its own.</summary>
    public required IReadOnlyList<Persona> Personas { get; init; }

    /// <summary>For greylists and pauses.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public SinkObserver Observer { get; init; } = new();

    /// <summary>Offer STARTTLS, with a certificate made at start.</summary>
    public bool StartTls { get; init; }

    /// <summary>The SIZE that is offered, in octets.</summary>
    public long MaxMessage { get; init; } = 35_000_000;
}
