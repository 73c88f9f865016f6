using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>What was fetched for a comparison and stays for the next one: <c>~/.cache/enhancedmta/peers</c>, or below XDG_CACHE_HOME.</summary>
internal static class PeerCache
{
    /// <summary>The folder of a name; the first time it is filled, under another name until it is complete.</summary>
    /// <param name="name">With the version, where we choose it.</param>
    /// <param name="fill">Fills the folder that it is given.</param>
    /// <exception cref="PeerMissingException">It cannot be filled.</exception>
    public static async Task<string> FolderAsync(string name, Func<string, Task> fill)
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var folder = Path.Combine(root, "enhancedmta", "peers", name);
        if (Directory.Exists(folder))
            return folder;
        var partial = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():N}").FullName;
        try
        {
            await Console.Error.WriteLineAsync($"Fetching {name} into {folder} ...");
            await fill(partial);
            Directory.Move(partial, folder);
            return folder;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            throw new PeerMissingException(e.Message);
        }
        finally
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
        }
    }

    /// <exception cref="PeerMissingException">A program that fetches or unpacks is missing.</exception>
    public static string Need(string program, string package) =>
        Installed.Find(program) ?? throw new PeerMissingException($"{program} is not installed, and is needed to fetch it ({package}).");
}
