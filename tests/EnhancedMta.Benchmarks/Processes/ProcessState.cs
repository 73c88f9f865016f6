using System.Globalization;

namespace EnhancedMta.Benchmarks.Processes;

/// <summary>What a process holds right now, from /proc (proc_pid_status(5), proc_pid_fd(5)).</summary>
/// <param name="ResidentMB">Its pages in memory (VmRSS), in MB of 2^20 octets.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Sockets">Of these.</param>
/// <param name="Threads">All.</param>
internal sealed record ProcessState(double ResidentMB, int Handles, int Sockets, int Threads)
{
    /// <exception cref="IOException">The process is gone.</exception>
    public static ProcessState Of(int pid)
    {
        var (handles, sockets) = (0, 0);
        foreach (var handle in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
        {
            // Closed between listing and looking: not held any more.
            if (Target(handle) is not { } target)
                continue;
            handles++;
            if (target.Contains("socket:", StringComparison.Ordinal))
                sockets++;
        }

        var status = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessState(Number(status, "VmRSS:") / 1024, handles, sockets, (int)Number(status, "Threads:"));
    }

    private static string? Target(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static double Number(string[] status, string name)
    {
        var line = Array.Find(status, l => l.StartsWith(name, StringComparison.Ordinal)) ?? throw new IOException($"The process has no {name} any more.");
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
