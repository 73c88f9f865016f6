using System.Text;

namespace EnhancedMta.Benchmarks.Chaos.Hosts;

/// <summary>What a process says, in a file; and what of it matters to the run.</summary>
internal sealed class HostLog(string file) : TextWriter
{
    private readonly StreamWriter _file = new(file, append: true) { AutoFlush = true };
    private readonly Lock _lock = new();
    private int _faults;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>It has started all it has.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Times that the process told a fault of its own, which is none of ours.</summary>
    public int OwnFaults => Volatile.Read(ref _faults);

    public override void WriteLine(string? value)
    {
        lock (_lock)
        {
            _file.WriteLine(value);
            if (value is null)
                return;
            if (value.StartsWith("EnhancedMta runs", StringComparison.Ordinal))
                IsRunning = true;
            if (value.Contains("for a fault of ours", StringComparison.Ordinal) || value.Contains("Unexpected failure in", StringComparison.Ordinal))
                Interlocked.Increment(ref _faults);
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
            _file.Dispose();
        base.Dispose(disposing);
    }
}
