namespace EnhancedMta.LocalHost.Emulator;

/// <summary>One process at a time, by a file that the system unlocks however its holder ends.</summary>
internal sealed class LockFile : IDisposable
{
    private readonly FileStream _file;

    private LockFile(FileStream file) => _file = file;

    /// <summary>Null while another process holds it.</summary>
    public static LockFile? Try(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static async Task<LockFile> WaitAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Try(path) is { } held) return held;
            await Task.Delay(200, cancellationToken);
        }
    }

    public void Dispose() => _file.Dispose();
}
