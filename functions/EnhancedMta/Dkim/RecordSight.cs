namespace EnhancedMta.Dkim;

public enum RecordStatus
{
    /// <summary>The record belongs to the key, and verifiers can use it.</summary>
    Right,
    /// <summary>There is no record.</summary>
    Missing,
    /// <summary>There is another one, or one that verifiers must not use.</summary>
    Wrong,
    /// <summary>The DNS does not answer.</summary>
    Unknown,
}

/// <summary>What one name server shows of a key's record.</summary>
/// <param name="Server">Which.</param>
/// <param name="Status">What it shows.</param>
/// <param name="Detail">What is wrong with it; null when it is right.</param>
public sealed record ServerSight(string Server, RecordStatus Status, string? Detail);

/// <summary>What all name servers show of a key's record.</summary>
public sealed record RecordSight(IReadOnlyList<ServerSight> Servers)
{
    /// <summary>Right when it is so everywhere; else the worst that is certain.</summary>
    public RecordStatus Status =>
        Servers.All(server => server.Status == RecordStatus.Right) ? RecordStatus.Right
        : Servers.Any(server => server.Status == RecordStatus.Wrong) ? RecordStatus.Wrong
        : Servers.Any(server => server.Status == RecordStatus.Missing) ? RecordStatus.Missing
        : RecordStatus.Unknown;

    public string? Detail => Status == RecordStatus.Right ? null : string.Join("; ", Servers.Where(server => server.Detail is not null).Select(server => $"{server.Server}: {server.Detail}"));
}
