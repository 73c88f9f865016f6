using System.Globalization;

namespace EnhancedMta.Benchmarks.Processes;

/// <summary>What processes have used of the machine, from /proc (proc_pid_stat(5), proc_pid_status(5)).</summary>
internal static class ProcessUse
{
    // sysconf(_SC_CLK_TCK), the same on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    // Places of the fields after the name, which ends with the line's last parenthesis.
    private const int Parent = 1;
    private const int UserTicks = 11;
    private const int SystemTicks = 12;
    private const int ChildrenUserTicks = 13;
    private const int ChildrenSystemTicks = 14;

    /// <summary>CPU seconds of a process, its ended children included; 0 for one that is gone.</summary>
    public static double CpuSeconds(int pid) => Stat(pid) is { } stat ? Seconds(stat) : 0;

    /// <summary>CPU seconds of a process and all its descendants, those that have ended included.</summary>
    public static double TreeCpuSeconds(int pid) => Tree(pid).Sum(process => Seconds(process.Stat));

    /// <summary>The sum of the most memory that a process and its descendants have held, in MB of 2^20 octets; what they share counts for each.</summary>
    public static double TreePeakMemoryMB(int pid) => Tree(pid).Sum(process => PeakMemoryMB(process.Id));

    /// <summary>CPU seconds that all processes of the machine have used since its start.</summary>
    public static double MachineCpuSeconds()
    {
        // user nice system idle iowait irq softirq, after the name.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7 }.Sum(field => Ticks(fields, field)) / TicksPerSecond;
    }

    /// <summary>The most memory that a process has held (VmHWM), in MB of 2^20 octets; 0 for one that is gone.</summary>
    public static double PeakMemoryMB(int pid)
    {
        const string Name = "VmHWM:";
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static List<(int Id, string[] Stat)> Tree(int pid)
    {
        var all = new Dictionary<int, string[]>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Stat(id) is { } stat)
                all[id] = stat;
        }

        var children = all.ToLookup(p => int.Parse(p.Value[Parent], CultureInfo.InvariantCulture), p => p.Key);
        List<(int, string[])> tree = [];
        Add(pid);
        return tree;

        void Add(int id)
        {
            if (all.TryGetValue(id, out var stat))
                tree.Add((id, stat));
            foreach (var child in children[id])
                Add(child);
        }
    }

    private static double Seconds(string[] stat) =>
        (Ticks(stat, UserTicks) + Ticks(stat, SystemTicks) + Ticks(stat, ChildrenUserTicks) + Ticks(stat, ChildrenSystemTicks)) / TicksPerSecond;

    private static long Ticks(string[] stat, int field) => long.Parse(stat[field], CultureInfo.InvariantCulture);

    private static string[]? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
