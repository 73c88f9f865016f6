namespace EnhancedMta.LocalHost.Emulator;

/// <summary>How to start an <see cref="AzuriteEmulator"/>.</summary>
public sealed record AzuriteOptions
{
    /// <summary>Where the data stays; null keeps it in memory, for tests and benchmarks.</summary>
    public string? Folder { get; init; }

    /// <summary>Storage accounts beside devstoreaccount1, each empty and apart: lower-case letters and digits.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Told what takes long.</summary>
    public Action<string> Say { get; init; } = Console.Error.WriteLine;
}
