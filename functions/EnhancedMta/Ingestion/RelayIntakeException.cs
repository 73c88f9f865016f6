namespace EnhancedMta.Ingestion;

/// <summary>A relay request that could not be taken to its end.</summary>
/// <param name="status">HTTP status to answer with.</param>
/// <param name="title">Problem title.</param>
/// <param name="detail">What happened and what to do.</param>
/// <param name="answer">What was accepted, found double and rejected until then.</param>
/// <param name="inner">The cause.</param>
public sealed class RelayIntakeException(int status, string title, string detail, RelayAnswer answer, Exception inner) : Exception(detail, inner)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public RelayAnswer Answer { get; } = answer;
}
