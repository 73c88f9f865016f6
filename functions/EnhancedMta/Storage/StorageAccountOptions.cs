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

    /// <summary>The first pause before the SDK tries a request again; it doubles. Tests that inject faults shorten it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);
}
