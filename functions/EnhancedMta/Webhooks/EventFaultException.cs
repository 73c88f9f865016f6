namespace EnhancedMta.Webhooks;

/// <summary>An event cannot be read. Ends its reading from any depth; never leaves this folder.</summary>
internal sealed class EventFaultException(string field, string error) : Exception($"{field}: {error}");
