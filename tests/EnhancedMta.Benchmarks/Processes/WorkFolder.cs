namespace EnhancedMta.Benchmarks.Processes;

/// <summary>A temporary folder that other users' programs may enter, removed at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "enhancedmta-bench-";
    private const UnixFileMode Enterable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private WorkFolder(string path)
    {
        Path = path;
        File.SetUnixFileMode(path, Enterable);
    }

    public string Path { get; }

    public static WorkFolder Create() => new(Directory.CreateTempSubdirectory(Prefix).FullName);

    /// <summary>In memory when there is plenty for so many octets: writing there costs little, and the same at every moment.</summary>
    public static WorkFolder CreateInMemory(long octets)
    {
        const string Memory = "/dev/shm";
        if (!Directory.Exists(Memory) || new DriveInfo(Memory).AvailableFreeSpace < octets || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 < octets)
            return Create();
        return new(Directory.CreateDirectory(System.IO.Path.Combine(Memory, Prefix + Guid.NewGuid().ToString("N"))).FullName);
    }

    /// <summary>A folder in it that anybody may write to, for a program that gives up its privileges.</summary>
    public string CreateOpen(string name)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        File.SetUnixFileMode(folder, Enterable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        return folder;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
