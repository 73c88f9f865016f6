using System.Reflection;

namespace EnhancedMta.LocalHost.Emulator;

/// <summary>The folder of EnhancedMta.sln.</summary>
public static class RepositoryRoot
{
    private const string Marker = "EnhancedMta.sln";

    /// <exception cref="DirectoryNotFoundException">Neither the current folder, nor the program's, nor where it was built is in a checkout.</exception>
    public static string Find()
    {
        // The last one for builds whose output lies outside the checkout.
        string?[] starts = [Directory.GetCurrentDirectory(), AppContext.BaseDirectory, BuiltFrom()];
        foreach (var start in starts)
        {
            for (var folder = start is null ? null : new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Marker))) return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"No {Marker} in the current folder or above it. Run this inside a checkout of EnhancedMta.");
    }

    private static string? BuiltFrom() => typeof(RepositoryRoot).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == nameof(RepositoryRoot))?.Value;
}
