namespace EnhancedMta.Ingestion;

/// <summary>The request as a whole cannot be read, or not further. Lines that were read before stay valid.</summary>
/// <param name="status">HTTP status to answer with.</param>
/// <param name="title">Problem title (RFC 9457 §3.1.4): short, the same for every occurrence.</param>
/// <param name="detail">What happened here, and what to do.</param>
/// <param name="inner">The cause, when there was one.</param>
public sealed class RelayRequestException(int status, string title, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public string Detail => Message;
}
