using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace EnhancedMta.Benchmarks.Chaos.StorageFaults;

/// <summary>A disk of limited size that can be filled up: a tmpfs of its own. Needs root, and leave to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Block = 1024 * 1024;

    private readonly string _ballast;

    private SmallDisk(string folder) => (Folder, _ballast) = (folder, Path.Combine(folder, "ballast"));

    public string Folder { get; }

    /// <summary>Null where it cannot be had; <paramref name="why"/> tells.</summary>
    public static SmallDisk? TryMount(string folder, int megabytes, out string? why)
    {
        Directory.CreateDirectory(folder);
        why = Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0755"), "enhancedmta-chaos", folder);
        return why is null ? new SmallDisk(folder) : null;
    }

    /// <summary>To the last octet.</summary>
    public void Fill()
    {
        using var file = new FileStream(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[Block];
        for (var size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void Empty() => File.Delete(_ballast);

    public void Dispose() => Run("umount", "--lazy", Folder);

    /// <returns>Null when all went well.</returns>
    private static string? Run(string program, params IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var words = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : words.Trim() is { Length: > 0 } said ? said : $"{program} ended with {process.ExitCode}";
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
