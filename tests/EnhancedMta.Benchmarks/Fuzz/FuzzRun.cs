using System.Collections.Concurrent;
using System.Diagnostics;

namespace EnhancedMta.Benchmarks.Fuzz;

/// <summary>Gives inputs to targets, on all processors. An input follows from the seed and its number alone.</summary>
internal sealed class FuzzRun
{
    private const int KeptFindings = 100;
    private const int AtOnce = 1_000;

    /// <summary>Processor time of all workers: nothing takes so long but what never ends. A machine that has no time for us is not mistaken for it.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(40);

    /// <summary>What hangs without working, as all workers do that wait for each other.</summary>
    private static readonly TimeSpan StandStill = TimeSpan.FromMinutes(10);

    private readonly FuzzTarget[] _targets;
    private readonly FuzzTally[] _tallies;
    private readonly int _seed;
    private readonly ConcurrentQueue<FuzzFinding> _findings = new();
    private long _next;

    private FuzzRun(IReadOnlyList<FuzzTarget> targets, int seed)
    {
        (_targets, _seed) = ([.. targets], seed);
        _tallies = [.. targets.Select(_ => new FuzzTally())];
    }

    public static FuzzResult Run(IReadOnlyList<FuzzTarget> targets, long inputs, int seed, Action<string> say, CancellationToken cancellationToken)
    {
        var run = new FuzzRun(targets, seed);
        var began = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => run.Work(inputs, cancellationToken)) { IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        var said = began;
        while (workers.Exists(worker => !worker.Join(TimeSpan.FromMilliseconds(200) / workers.Count)))
        {
            if (Stopwatch.GetElapsedTime(said) < TimeSpan.FromSeconds(10))
                continue;
            said = Stopwatch.GetTimestamp();
            say($"  {Stopwatch.GetElapsedTime(began).TotalSeconds,6:0}  {Math.Min(inputs, Volatile.Read(ref run._next)):N0} inputs, {run._findings.Count} findings");
            if (run._tallies.FirstOrDefault(tally => tally.LongestNow is var now && (now.Cpu > Hang || now.Time > StandStill)) is { } hanging)
            {
                run._findings.Enqueue(new FuzzFinding(run._targets[Array.IndexOf(run._tallies, hanging)].Name, -1, "an input takes for ever", hanging.Current ?? []));
                break;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new FuzzResult([.. run._targets.Zip(run._tallies, (target, tally) => new FuzzFigures(target.Name, tally.Inputs, tally.Longest, tally.MostAllocated))], [.. run._findings], Stopwatch.GetElapsedTime(began));
    }

    /// <summary>The input of a number, and whose it is.</summary>
    public static (FuzzTarget Target, byte[] Input, Random Random) Input(IReadOnlyList<FuzzTarget> targets, int seed, long number)
    {
        var random = new Random(HashCode(seed, number));
        var point = random.Next(targets.Sum(target => target.Weight));
        var target = targets.First(candidate => (point -= candidate.Weight) < 0);
        return (target, Mutator.Make(target, random), random);
    }

    private void Work(long inputs, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && Interlocked.Add(ref _next, AtOnce) - AtOnce is var first && first < inputs)
        {
            for (var number = first; number < Math.Min(inputs, first + AtOnce) && !cancellationToken.IsCancellationRequested && _findings.Count < KeptFindings; number++)
                Try(number);
        }
    }

    private void Try(long number)
    {
        var (target, input, random) = Input(_targets, _seed, number);
        var tally = _tallies[Array.IndexOf(_targets, target)];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = tally.Begin(input);
        try
        {
            target.Read(input, random);
        }
        catch (Exception e)
        {
            _findings.Enqueue(new FuzzFinding(target.Name, number, e.ToString(), input));
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > target.AllocationLimit(input.Length))
            _findings.Enqueue(new FuzzFinding(target.Name, number, $"{input.Length} octets made it allocate {allocated:N0}", input));
        tally.End(began, allocated);
    }

    // The same on every machine, which .NET's own is not.
    private static int HashCode(int seed, long number)
    {
        var mixed = unchecked((ulong)number * 0x9E3779B97F4A7C15UL ^ (ulong)seed * 0xC2B2AE3D27D4EB4FUL);
        mixed = unchecked((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9UL);
        return unchecked((int)(mixed >> 32));
    }
}
