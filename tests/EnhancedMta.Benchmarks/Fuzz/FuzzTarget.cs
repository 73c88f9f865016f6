using System.Text;

namespace EnhancedMta.Benchmarks.Fuzz;

/// <summary>Something that reads what strangers write.</summary>
/// <param name="name">For the report, and to choose it by.</param>
/// <param name="weight">Of all inputs, how many are for it: less for what is slow.</param>
/// <param name="maxLength">Inputs are cut there, in octets.</param>
internal abstract class FuzzTarget(string name, int weight, int maxLength)
{
    public string Name => name;

    public int Weight => weight;

    public int MaxLength => maxLength;

    /// <summary>What a friendly stranger would write: every input descends from one of these.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Words that mean something in it.</summary>
    public abstract IReadOnlyList<byte[]> Words { get; }

    /// <summary>Octets that reading an input may allocate: memory that grows with nothing but the input.</summary>
    public virtual long AllocationLimit(int length) => (16L * 1024 * 1024) + (2_000L * length);

    /// <summary>Reads the input, and checks what it promises of any. What it throws is a finding.</summary>
    /// <param name="input">Anything.</param>
    /// <param name="random">For what else there is to choose; the same for the same input.</param>
    public abstract void Read(byte[] input, Random random);

    protected static byte[][] Octets(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <exception cref="FuzzException">It is not so.</exception>
    protected static void Hold(bool isSo, string what)
    {
        if (!isSo)
            throw new FuzzException(what);
    }
}

/// <summary>A promise that was not kept.</summary>
internal sealed class FuzzException(string what) : Exception(what);
