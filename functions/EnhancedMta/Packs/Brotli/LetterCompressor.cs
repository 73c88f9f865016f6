using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EnhancedMta.Packs.Brotli;

/// <summary>
/// Compresses letters that are alike, one after the other, in the format of Brotli (RFC 7932), which any decoder of it reads. What a letter has in common with an
/// earlier one is found by comparing the two where they are expected to go on alike, many octets at a time, and costs little more than that; a general compressor
/// looks up and notes each octet on its way, which takes ten times as long.
/// </summary>
internal sealed class LetterCompressor : IDisposable
{
    // How far back a reader must remember (RFC 7932 §9.1): several copies of a large mail.
    private const int WindowBits = 19;
    private const int Window = 1 << WindowBits;
    private const int MaxDistance = Window - 16;

    private const int HashBits = 15;
    // Shorter ones cost as much as their octets; from the last distance, which takes a bit, shorter ones will do.
    private const int ShortestCopy = 6;
    private const int ShortestAgain = 4;
    // What is copied is noted at every sixteenth octet: it is found again within as many, and what was passed by is then found backwards.
    private const int NoteEvery = 16;
    // Where nothing is alike, as in an image, ever fewer octets are looked at.
    private const int PatienceBits = 6;

    private readonly BitWriter _output = new();
    private readonly BlockWriter _block;
    private byte[] _history = ArrayPool<byte>.Shared.Rent(2 * Window);
    // Where octets that begin alike were seen last, as positions in all that was added, plus one.
    private int[] _seen = ArrayPool<int>.Shared.Rent(1 << HashBits);
    private int _filled;
    private int _dropped;
    private int _distance;

    public LetterCompressor()
    {
        _block = new BlockWriter(_output);
        _seen.AsSpan(0, 1 << HashBits).Clear();
        // WBITS (RFC 7932 §9.1).
        _output.Reserve(1);
        _output.Write(((WindowBits - 17) << 1) | 1, 4);
    }

    /// <summary>Octets that were added.</summary>
    public int Length => _dropped + _filled;

    /// <summary>Adds what comes next.</summary>
    public void Add(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            if (octets.Length > _history.Length - _filled && _filled > Window)
                Drop(_filled - Window);
            var part = octets[..Math.Min(octets.Length, _history.Length - _filled)];
            part.CopyTo(_history.AsSpan(_filled));
            var begin = _filled;
            _filled += part.Length;
            Compress(begin);
            if (_block.IsFull)
                _block.Write();
            octets = octets[part.Length..];
        }
    }

    /// <summary>Ends it. Nothing can be added afterwards.</summary>
    /// <returns>The whole, in memory that is the compressor's.</returns>
    public ReadOnlySpan<byte> Finish()
    {
        _block.Write();
        // ISLAST, ISLASTEMPTY.
        _output.Reserve(1);
        _output.Write(3, 2);
        _output.End();
        return _output.Written;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _history, []) is not { Length: > 0 } history)
            return;
        ArrayPool<byte>.Shared.Return(history);
        ArrayPool<int>.Shared.Return(Interlocked.Exchange(ref _seen, []));
    }

    private void Drop(int count)
    {
        _history.AsSpan(count, _filled - count).CopyTo(_history);
        _filled -= count;
        _dropped += count;
    }

    private void Compress(int begin)
    {
        ReadOnlySpan<byte> all = _history.AsSpan(0, _filled);
        var (at, literals, misses) = (begin, begin, 0);
        while (at + sizeof(ulong) <= all.Length)
        {
            var from = Find(all, at);
            if (from < 0)
            {
                at += 1 + (misses++ >> PatienceBits);
                continue;
            }

            while (at > literals && from > 0 && all[at - 1] == all[from - 1])
                (at, from) = (at - 1, from - 1);
            var length = all[at..].CommonPrefixLength(all[from..]);
            _block.Insert(all[literals..at]);
            _block.Copy(length, at - from == _distance ? 0 : at - from);
            _distance = at - from;
            for (var noted = at + NoteEvery; noted < at + length && noted + sizeof(ulong) <= all.Length; noted += NoteEvery)
                _seen[Slot(Octets(all, noted))] = _dropped + noted + 1;
            literals = at += length;
            misses = 0;
        }

        _block.Insert(all[literals..]);
    }

    /// <summary>Where octets stand that are like those at a place, before it and not too far; negative when that is not known. Notes the place.</summary>
    private int Find(ReadOnlySpan<byte> all, int at)
    {
        var octets = Octets(all, at);
        ref var seen = ref _seen[Slot(octets)];
        var from = seen - 1 - _dropped;
        seen = _dropped + at + 1;
        var again = at - _distance;
        if (_distance > 0 && again >= 0 && AreAlike(octets, Octets(all, again), ShortestAgain))
            return again;
        return from >= 0 && at - from <= MaxDistance && AreAlike(octets, Octets(all, from), ShortestCopy) ? from : -1;
    }

    private static bool AreAlike(ulong a, ulong b, int octets) => (a ^ b) << (64 - (8 * octets)) == 0;

    private static ulong Octets(ReadOnlySpan<byte> all, int at) => MemoryMarshal.Read<ulong>(all[at..]);

    // The first six octets decide.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(ulong octets) => (int)(((octets << (64 - (8 * ShortestCopy))) * 0x9E3779B97F4A7C15) >> (64 - HashBits));
}
