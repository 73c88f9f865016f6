using System.Numerics;
using System.Runtime.InteropServices;

namespace EnhancedMta.Packs.Brotli;

/// <summary>Gathers commands and literals, and writes them as a meta-block with codes of its own (RFC 7932 §9.2).</summary>
internal sealed class BlockWriter(BitWriter output)
{
    private const int Literals = 256;
    private const int Lengths = 704;
    private const int Distances = 64;

    // A code for each alphabet takes a hundred octets or two, which many letters share.
    private const int EnoughLiterals = 64 * 1024;
    private const int EnoughCommands = 8 * 1024;
    private const int EnoughOctets = 8 * 1024 * 1024;

    // 15 bits for a literal; for a command thrice a code's 15, twice 24 and 20 more.
    private const int MostForLiteral = 2;
    private const int MostForCommand = 15;

    private readonly PrefixCode _literalCode = new(Literals);
    private readonly PrefixCode _lengthCode = new(Lengths);
    private readonly PrefixCode _distanceCode = new(Distances);
    private readonly List<byte> _literals = [];
    private readonly List<Command> _commands = [];
    private int _inserted;
    private int _octets;

    public bool IsFull => _literals.Count >= EnoughLiterals || _commands.Count >= EnoughCommands || _octets >= EnoughOctets;

    public void Insert(ReadOnlySpan<byte> literals)
    {
        _literals.AddRange(literals);
        _octets += literals.Length;
    }

    /// <param name="length">Octets, 2 or more.</param>
    /// <param name="distance">From where, so many octets back; 0 for as many as the last time, which counts across blocks.</param>
    public void Copy(int length, int distance)
    {
        Add(length, distance);
        _octets += length;
    }

    /// <summary>Writes what there is; the next block begins.</summary>
    public void Write()
    {
        if (_octets == 0)
            return;
        if (_inserted < _literals.Count)
            Add(0, 0);
        MakeCodes();
        output.Reserve(64 + _literalCode.MaxSize + _lengthCode.MaxSize + _distanceCode.MaxSize + (MostForLiteral * _literals.Count) + (MostForCommand * _commands.Count));
        WriteHeader();
        WriteCommands();
        _literals.Clear();
        _commands.Clear();
        (_inserted, _octets) = (0, 0);
    }

    private void Add(int copied, int distance)
    {
        _commands.Add(new Command(_literals.Count - _inserted, copied, distance));
        _inserted = _literals.Count;
    }

    private void MakeCodes()
    {
        Span<int> literals = stackalloc int[Literals];
        Span<int> lengths = stackalloc int[Lengths];
        Span<int> distances = stackalloc int[Distances];
        literals.Clear();
        lengths.Clear();
        distances.Clear();
        foreach (var literal in CollectionsMarshal.AsSpan(_literals))
            literals[literal]++;
        foreach (ref readonly var command in CollectionsMarshal.AsSpan(_commands))
        {
            lengths[command.Symbol]++;
            distances[command.Distance] += command.IsLast ? 0 : 1;
        }

        _literalCode.Make(literals);
        _lengthCode.Make(lengths);
        _distanceCode.Make(distances);
    }

    private void WriteHeader()
    {
        // Not the last; the length in as many nibbles as it takes, but four at least; compressed.
        var length = (uint)(_octets - 1);
        var nibbles = Math.Max(4, (35 - BitOperations.LeadingZeroCount(length)) / 4);
        output.Write(0, 1);
        output.Write((uint)(nibbles - 4), 2);
        output.Write(length, 4 * nibbles);
        output.Write(0, 1);
        // One block type of each kind, NPOSTFIX 0, NDIRECT 0, literals' context mode 0, one code each for literals and distances.
        output.Write(0, 3 + 2 + 4 + 2 + 2);
        _literalCode.WriteTo(output);
        _lengthCode.WriteTo(output);
        _distanceCode.WriteTo(output);
    }

    private void WriteCommands()
    {
        ReadOnlySpan<byte> literals = CollectionsMarshal.AsSpan(_literals);
        foreach (ref readonly var command in CollectionsMarshal.AsSpan(_commands))
        {
            _lengthCode.Write(command.Symbol, output);
            command.WriteLengths(output);
            foreach (var literal in literals[..command.Insert])
                _literalCode.Write(literal, output);
            literals = literals[command.Insert..];
            if (command.IsLast)
                break;
            _distanceCode.Write(command.Distance, output);
            command.WriteDistance(output);
        }
    }
}
