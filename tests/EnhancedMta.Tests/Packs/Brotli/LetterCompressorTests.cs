using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Packs.Brotli;

namespace EnhancedMta.Tests.Packs.Brotli;

/// <summary>What is written is read by .NET's decoder, which is Google's.</summary>
public sealed class LetterCompressorTests
{
    private const int Window = 512 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_octets_come_back(int seed)
    {
        var random = new Random(seed);
        for (var trial = 0; trial < 100; trial++)
        {
            List<byte[]> parts = [];
            var all = new List<byte>();
            for (var count = random.Next(6); count >= 0; count--)
            {
                parts.Add(Part(random, all));
                all.AddRange(parts[^1]);
            }

            RequireSame(parts);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Few_octets_come_back(int length)
    {
        RequireSame([new byte[length]]);
        RequireSame([RandomNumberGenerator.GetBytes(length), RandomNumberGenerator.GetBytes(length)]);
    }

    // Lengths of a block are written in four, five or six nibbles, of which the last may not be zero.
    [Theory]
    [InlineData(0xffff)]
    [InlineData(0x10000)]
    [InlineData(0x10001)]
    [InlineData(0xfffff)]
    [InlineData(0x100000)]
    [InlineData(0x100001)]
    public void Blocks_of_any_length_come_back(int length) => RequireSame([new byte[length]]);

    // A code may not be longer than fifteen bits; that of symbols as often as Fibonacci's numbers is.
    [Fact]
    public void Symbols_that_come_ever_more_seldom_come_back()
    {
        var octets = new List<byte>();
        var (often, before) = (1, 1);
        for (byte symbol = 0; symbol < 22; symbol++)
        {
            octets.AddRange(Enumerable.Repeat(symbol, often));
            (often, before) = (often + before, often);
        }

        var shuffled = octets.ToArray();
        new Random(1).Shuffle(shuffled);

        RequireSame([shuffled]);
    }

    // A symbol that is alone in its block takes no bit, whatever it took in the block before.
    [Fact]
    public void A_block_of_one_symbol_comes_back_after_one_of_many()
    {
        for (var symbol = 0; symbol < 256; symbol++)
            RequireSame([RandomNumberGenerator.GetBytes(70_000), [.. Enumerable.Repeat((byte)symbol, 5)], [(byte)symbol]]);
    }

    // What is alike is farther away than a reader remembers, just as far, and nearer.
    [Theory]
    [InlineData(Window - 17 - 4096)]
    [InlineData(Window - 16 - 4096)]
    [InlineData(Window - 15 - 4096)]
    [InlineData(Window)]
    [InlineData(2 * Window)]
    [InlineData((3 * Window) + 7)]
    public void What_is_far_apart_comes_back(int between)
    {
        var alike = RandomNumberGenerator.GetBytes(4096);
        RequireSame([alike, RandomNumberGenerator.GetBytes(between), alike]);
        RequireSame([[.. alike, .. RandomNumberGenerator.GetBytes(between), .. alike]]);
    }

    [Fact]
    public void A_letter_costs_little_more_than_what_is_its_own()
    {
        // Incompressible by itself; names and addresses are of different lengths, so what is alike is not where it was.
        var (head, foot) = (RandomNumberGenerator.GetHexString(20_000), RandomNumberGenerator.GetHexString(40_000));
        var letters = Enumerable.Range(0, 96).Select(i => Encoding.ASCII.GetBytes($"To: u{i}@example.com\r\n\r\n{head}Dear {new string('a', i % 17)}{i},{foot}")).ToList();

        using var one = new LetterCompressor();
        one.Add(letters[0]);
        var first = one.Finish().Length;

        var all = RequireSame(letters);

        Assert.True(all < first + (96 * 40), $"{all} octets, and {first} of the first letter");
    }

    [Fact]
    public void Octets_that_are_alike_nowhere_hardly_become_more()
    {
        var octets = RandomNumberGenerator.GetBytes(300_000);

        Assert.InRange(RequireSame([octets]), 0, octets.Length + 2000);
    }

    /// <returns>Compressed octets.</returns>
    private static int RequireSame(IReadOnlyList<byte[]> parts)
    {
        using var compressor = new LetterCompressor();
        foreach (var part in parts)
            compressor.Add(part);
        var compressed = compressor.Finish().ToArray();

        var expected = parts.SelectMany(p => p).ToArray();
        Assert.Equal(expected.Length, compressor.Length);
        var read = new byte[expected.Length + 1];
        Assert.True(BrotliDecoder.TryDecompress(compressed, read, out var length));
        Assert.Equal(expected.Length, length);
        Assert.True(expected.AsSpan().SequenceEqual(read.AsSpan(0, length)));
        return compressed.Length;
    }

    // Runs of what was before, at any distance, between runs of few or many different octets.
    private static byte[] Part(Random random, List<byte> before)
    {
        var part = new byte[random.Next(4) switch { 0 => random.Next(20), 1 => random.Next(3_000), 2 => random.Next(70_000), _ => random.Next(300) }];
        var symbols = random.Next(1, 257);
        for (var i = 0; i < part.Length;)
        {
            if (before.Count + i > 0 && random.Next(10) < 7)
            {
                var from = random.Next(before.Count + i);
                for (var left = random.Next(1, 5_000); left > 0 && i < part.Length; left--, from++)
                    part[i++] = from < before.Count ? before[from] : part[from - before.Count];
            }
            else
            {
                for (var left = random.Next(1, 200); left > 0 && i < part.Length; left--)
                    part[i++] = (byte)random.Next(symbols);
            }
        }

        return part;
    }
}
