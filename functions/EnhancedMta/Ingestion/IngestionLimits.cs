namespace EnhancedMta.Ingestion;

/// <summary>What a relay request may hold. Sizes in octets.</summary>
public sealed record IngestionLimits
{
    public static IngestionLimits Default { get; } = new();

    /// <summary>Content of one message, as it would be sent.</summary>
    public int MaxMessage { get; init; } = 25 * 1024 * 1024;

    /// <summary>One line of JSON; larger than a message, as attachments come in base64 and line ends as escapes.</summary>
    public int MaxLine { get; init; } = 36 * 1024 * 1024;

    /// <summary>Lines (or array elements) of a request, rejected ones included, blank ones not.</summary>
    public int MaxLines { get; init; } = 50_000;

    /// <summary>A request's body after decompression.</summary>
    public long MaxTotal { get; init; } = 1024L * 1024 * 1024;
}
