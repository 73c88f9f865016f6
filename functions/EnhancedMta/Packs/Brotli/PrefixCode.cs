namespace EnhancedMta.Packs.Brotli;

/// <summary>A prefix code for the symbols of an alphabet, by how often each comes (RFC 7932 §3).</summary>
internal sealed class PrefixCode
{
    private const int MaxBits = 15;

    // Symbols of the alphabet that code lengths are written in (RFC 7932 §3.5): lengths 0 to 15, and this for three zeros and more.
    private const int Zeros = 17;

    // The order in which the lengths of its own code are written.
    private static readonly byte[] LengthOrder = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    // That code is always the same: lengths that are usual for letters have the shorter ones, and repeating (16) is not used.
    private static readonly PrefixCode Lengths = OfLengths([3, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 0, 3]);

    // How its lengths, 0 to 5, are written: bits and their number.
    private static readonly (byte Bits, byte Count)[] LengthOfLength = [(0, 2), (7, 4), (3, 3), (2, 2), (1, 2), (15, 4)];

    private readonly byte[] _lengths;
    private readonly ushort[] _bits;
    private readonly long[] _sorted;
    private readonly (int Weight, int Parent)[] _nodes;
    private int _used;
    private int _only;

    /// <param name="size">Of the alphabet.</param>
    public PrefixCode(int size)
    {
        _lengths = new byte[size];
        _bits = new ushort[size];
        _sorted = new long[size];
        _nodes = new (int, int)[2 * size];
    }

    /// <summary>Octets that <see cref="WriteTo"/> writes at most.</summary>
    public int MaxSize => 16 + _lengths.Length;

    /// <summary>A code for so many of each symbol.</summary>
    public void Make(ReadOnlySpan<int> counts)
    {
        // A code that is too long for Brotli becomes shorter as the rarest are counted for more.
        for (var least = 1; !TryMake(counts, least); least *= 2)
        {
        }
    }

    /// <summary>Writes the code itself, for the reader to know it.</summary>
    public void WriteTo(BitWriter output)
    {
        if (_used < 2)
        {
            // A simple code of one symbol, which then takes no bit at all (RFC 7932 §3.4).
            output.Write(1, 4);
            output.Write((uint)_only, int.Log2(_lengths.Length - 1) + 1);
            return;
        }

        output.Write(0, 2);
        foreach (var symbol in LengthOrder)
            output.Write(LengthOfLength[Lengths._lengths[symbol]].Bits, LengthOfLength[Lengths._lengths[symbol]].Count);
        var end = _lengths.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        for (var symbol = 0; symbol < end;)
        {
            var zeros = _lengths.AsSpan(symbol, end - symbol).IndexOfAnyExcept((byte)0);
            if (zeros >= 3)
            {
                WriteZeros(zeros, output);
                symbol += zeros;
            }
            else
            {
                Lengths.Write(_lengths[symbol++], output);
            }
        }
    }

    public void Write(int symbol, BitWriter output) => output.Write(_bits[symbol], _lengths[symbol]);

    private static PrefixCode OfLengths(ReadOnlySpan<byte> lengths)
    {
        var code = new PrefixCode(lengths.Length) { _used = lengths.Length };
        lengths.CopyTo(code._lengths);
        code.SetBits();
        return code;
    }

    // Each repetition of the symbol makes the number before it eight times as large (RFC 7932 §3.5), so its digits go from the highest down.
    private static void WriteZeros(int count, BitWriter output)
    {
        Span<byte> digits = stackalloc byte[8];
        var last = digits.Length;
        for (count -= 3; count >= 0; count = (count >> 3) - 1)
            digits[--last] = (byte)(count & 7);
        foreach (var digit in digits[last..])
        {
            Lengths.Write(Zeros, output);
            output.Write(digit, 3);
        }
    }

    // Huffman's: the two lightest become one, until there is one. Leaves are sorted, and joints come by weight, so the lightest are at the front of two lines.
    private bool TryMake(ReadOnlySpan<int> counts, int least)
    {
        _used = 0;
        _only = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] > 0)
                _sorted[_used++] = ((long)Math.Max(counts[symbol], least) << 16) | (uint)(_only = symbol);
        }

        _lengths.AsSpan().Clear();
        _bits.AsSpan().Clear();
        if (_used < 2)
            return true;
        var sorted = _sorted.AsSpan(0, _used);
        sorted.Sort();
        var nodes = _nodes.AsSpan(0, (2 * _used) - 1);
        for (var i = 0; i < _used; i++)
            nodes[i] = ((int)(sorted[i] >> 16), 0);
        var (leaf, joint) = (0, _used);
        for (var made = _used; made < nodes.Length; made++)
        {
            var weight = 0;
            for (var child = 0; child < 2; child++)
            {
                var lightest = leaf < _used && (joint == made || nodes[leaf].Weight <= nodes[joint].Weight) ? leaf++ : joint++;
                weight += nodes[lightest].Weight;
                nodes[lightest].Parent = made;
            }

            nodes[made].Weight = weight;
        }

        // From the root down a node's weight is of no more use: its depth takes the place.
        nodes[^1].Weight = 0;
        for (var i = nodes.Length - 2; i >= 0; i--)
            nodes[i].Weight = nodes[nodes[i].Parent].Weight + 1;
        for (var i = 0; i < _used; i++)
        {
            if (nodes[i].Weight > MaxBits)
                return false;
            _lengths[(ushort)sorted[i]] = (byte)nodes[i].Weight;
        }

        SetBits();
        return true;
    }

    // RFC 7932 §3.2; the bits of a code are packed from its most significant one.
    private void SetBits()
    {
        Span<int> next = stackalloc int[MaxBits + 2];
        next.Clear();
        foreach (var length in _lengths)
            next[length + 1] += length == 0 ? 0 : 1;
        var code = 0;
        for (var length = 1; length <= MaxBits; length++)
            next[length] = code = (code + next[length]) << 1;
        for (var symbol = 0; symbol < _lengths.Length; symbol++)
        {
            if (_lengths[symbol] is not 0 and var length)
                _bits[symbol] = Reverse(next[length]++, length);
        }
    }

    private static ushort Reverse(int code, int length)
    {
        var reversed = 0;
        for (var i = 0; i < length; i++)
            reversed |= ((code >> i) & 1) << (length - 1 - i);
        return (ushort)reversed;
    }
}
