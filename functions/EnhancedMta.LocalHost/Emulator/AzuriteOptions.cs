namespace EnhancedMta.LocalHost.Emulator;

/// <summary>How to start an <see cref="AzuriteEmulator"/>.</summary>
public sealed record AzuriteOptions
{
    /// <summary>Where the data stays; null keeps it in memory, for tests and benchmarks.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// How often its tables, queues and names of blobs go to the <see cref="Folder"/>. They do when it is closed too: only an Azurite that is
    /// killed itself loses what came since.
    /// </summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Storage accounts beside devstoreaccount1, each empty and apart: lower-case letters and digits.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Told what takes long.</summary>
    public Action<string> Say { get; init; } = Console.Error.WriteLine;
}
