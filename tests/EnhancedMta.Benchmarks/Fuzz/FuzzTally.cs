using System.Collections.Concurrent;
using System.Diagnostics;

namespace EnhancedMta.Benchmarks.Fuzz;

/// <summary>What a target took, and what it is at.</summary>
internal sealed class FuzzTally
{
    private readonly ConcurrentDictionary<int, (long Began, TimeSpan Cpu, byte[] Input)> _now = new();
    private readonly Lock _lock = new();
    private long _inputs;

    public long Inputs => Volatile.Read(ref _inputs);

    public TimeSpan Longest { get; private set; }

    public long MostAllocated { get; private set; }

    /// <summary>How long the input takes that began first, and what processor time this process has had meanwhile.</summary>
    public (TimeSpan Time, TimeSpan Cpu) LongestNow =>
        _now.Values.OrderBy(now => now.Began).Select(now => (Stopwatch.GetElapsedTime(now.Began), Environment.CpuUsage.TotalTime - now.Cpu)).FirstOrDefault();

    /// <summary>That one.</summary>
    public byte[]? Current => _now.Values.OrderBy(now => now.Began).Select(now => now.Input).FirstOrDefault();

    public long Begin(byte[] input)
    {
        var began = Stopwatch.GetTimestamp();
        _now[Environment.CurrentManagedThreadId] = (began, Environment.CpuUsage.TotalTime, input);
        return began;
    }

    public void End(long began, long allocated)
    {
        _now.TryRemove(Environment.CurrentManagedThreadId, out _);
        Interlocked.Increment(ref _inputs);
        var took = Stopwatch.GetElapsedTime(began);
        if (took <= Longest && allocated <= MostAllocated)
            return;
        lock (_lock)
        {
            Longest = took > Longest ? took : Longest;
            MostAllocated = Math.Max(MostAllocated, allocated);
        }
    }
}

/// <param name="Target">Its name.</param>
/// <param name="Inputs">That it read.</param>
/// <param name="Longest">That one took, other work on the machine included.</param>
/// <param name="MostAllocated">Octets, for one.</param>
internal sealed record FuzzFigures(string Target, long Inputs, TimeSpan Longest, long MostAllocated);

/// <param name="Target">Its name.</param>
/// <param name="Number">Of the input; -1 when it never ended.</param>
/// <param name="What">Was found.</param>
/// <param name="Input">The octets.</param>
internal sealed record FuzzFinding(string Target, long Number, string What, byte[] Input);

internal sealed record FuzzResult(IReadOnlyList<FuzzFigures> Figures, IReadOnlyList<FuzzFinding> Findings, TimeSpan Time);
