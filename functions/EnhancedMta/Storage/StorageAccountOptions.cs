using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.Storage;

/// <summary>Where the data live: a connection string (Azurite, development), or the services' addresses with a managed identity.</summary>
public sealed record StorageAccountOptions
{
    public string? ConnectionString { get; init; }

    public Uri? TableServiceUri { get; init; }

    public Uri? QueueServiceUri { get; init; }

    public Uri? BlobServiceUri { get; init; }

    public TokenCredential? Credential { get; init; }

    /// <summary>Policies that see each request as it leaves: fault injection in tests, the local host's wake-up signal.</summary>
    public IReadOnlyList<HttpPipelinePolicy> Policies { get; init; } = [];

    /// <summary>Retries by the SDK before an error reaches us. Tests that inject faults set it to 0 to see each one.</summary>
    public int MaxRetries { get; init; } = 5;
}
