using System.Numerics;

namespace EnhancedMta.Packs.Brotli;

/// <summary>A step of a reader's work: take so many literals, then copy octets of what there is already (RFC 7932 §4, §5).</summary>
internal readonly struct Command
{
    private static readonly int[] InsertBase = [0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26, 34, 50, 66, 98, 130, 194, 322, 578, 1090, 2114, 6210, 22594];
    private static readonly byte[] InsertExtra = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24];
    private static readonly int[] CopyBase = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22, 30, 38, 54, 70, 102, 134, 198, 326, 582, 1094, 2118];
    private static readonly byte[] CopyExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24];

    // Where the symbols begin of insert and copy codes, by eights of each; those below 128, which imply the last distance, are not used.
    private static readonly short[] Cells = [128, 192, 384, 256, 320, 512, 448, 576, 640];

    private readonly int _copy;
    private readonly byte _insertCode;
    private readonly byte _copyCode;
    private readonly byte _distanceBits;
    private readonly int _distanceRest;

    /// <param name="insert">Literals.</param>
    /// <param name="copy">Octets to copy, 2 or more; or 0, at the end of a block only.</param>
    /// <param name="distance">From where, so many octets back; 0 for as many as the last time.</param>
    public Command(int insert, int copy, int distance)
    {
        Insert = insert;
        IsLast = copy == 0;
        _copy = Math.Max(copy, CopyBase[0]);
        (_insertCode, _copyCode) = (InsertCode(insert), CopyCode(_copy));
        Symbol = (short)(Cells[(3 * (_insertCode >> 3)) + (_copyCode >> 3)] + ((_insertCode & 7) << 3) + (_copyCode & 7));
        if (distance == 0)
            return;
        // RFC 7932 §4 with NPOSTFIX and NDIRECT 0: two codes for each number of further bits.
        var from = distance + 3;
        _distanceBits = (byte)(BitOperations.Log2((uint)from) - 1);
        var half = (from >> _distanceBits) & 1;
        _distanceRest = from - ((2 + half) << _distanceBits);
        Distance = (byte)(16 + (2 * (_distanceBits - 1)) + half);
    }

    public int Insert { get; }

    /// <summary>The block ends after the literals.</summary>
    public bool IsLast { get; }

    /// <summary>Of the alphabet of insert-and-copy lengths.</summary>
    public short Symbol { get; }

    /// <summary>Of the alphabet of distances; 0 is the last one.</summary>
    public byte Distance { get; }

    /// <summary>What the symbol leaves open of both lengths.</summary>
    public void WriteLengths(BitWriter output)
    {
        output.Write((uint)(Insert - InsertBase[_insertCode]), InsertExtra[_insertCode]);
        output.Write((uint)(_copy - CopyBase[_copyCode]), CopyExtra[_copyCode]);
    }

    /// <summary>What the symbol leaves open of the distance.</summary>
    public void WriteDistance(BitWriter output) => output.Write((uint)_distanceRest, _distanceBits);

    private static byte InsertCode(int length) => (byte)(length switch
    {
        < 6 => length,
        < 130 => TwoForEachBit(length - 2) + 2,
        < 2114 => BitOperations.Log2((uint)(length - 66)) + 10,
        < 6210 => 21,
        < 22594 => 22,
        _ => 23,
    });

    private static byte CopyCode(int length) => (byte)(length switch
    {
        < 10 => length - 2,
        < 134 => TwoForEachBit(length - 6) + 4,
        < 2118 => BitOperations.Log2((uint)(length - 70)) + 12,
        _ => 23,
    });

    private static int TwoForEachBit(int value)
    {
        var bits = BitOperations.Log2((uint)value) - 1;
        return (bits << 1) + (value >> bits);
    }
}
