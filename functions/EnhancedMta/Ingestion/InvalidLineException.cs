namespace EnhancedMta.Ingestion;

/// <summary>A line cannot be relayed. Ends its reading from any depth; never leaves this folder.</summary>
internal sealed class InvalidLineException(string error) : Exception(error)
{
    public InvalidLineException(string field, string error) : this($"{field}: {error}")
    {
    }
}
