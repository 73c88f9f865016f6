using System.Globalization;

namespace EnhancedMta.Benchmarks.Processes;

/// <summary>What figures were measured on.</summary>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Processor">Its model, as the kernel names it.</param>
/// <param name="MemoryGB">In 2^30 octets.</param>
/// <param name="Kernel">Its release.</param>
internal sealed record Machine(int Cores, string Processor, double MemoryGB, string Kernel)
{
    public static Machine This()
    {
        var kB = double.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture);
        return new(Environment.ProcessorCount, Field("/proc/cpuinfo", "model name"), Math.Round(kB / 1024 / 1024, 1), File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cores} cores ({Processor}), {MemoryGB:0.#} GB of memory, Linux {Kernel}");

    // Not every architecture's cpuinfo has each field.
    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
}
