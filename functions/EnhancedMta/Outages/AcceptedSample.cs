using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace EnhancedMta.Outages;

/// <summary>
/// Which addresses of a site accepted mail lately: those with the smallest hashes (a bottom-k sample). Small sites are in it whole; of large
/// ones it is a fair sample, and whether an address would be in it can be told from its hash alone.
/// </summary>
internal sealed class AcceptedSample
{
    /// <summary>Entries of ten octets, so that the sample fits one binary property of a table row (64 KiB).</summary>
    public const int Capacity = 6_000;

    private const int EntryLength = sizeof(ulong) + sizeof(ushort);

    // An address seen again is only noted again after a week: that it accepted lately is known already.
    private const int FreshDays = 7;

    /// <summary>"Lately".</summary>
    private const int MaxAgeDays = 120;

    private readonly Dictionary<ulong, ushort> _days = [];

    // The largest goes when a smaller one comes.
    private readonly SortedSet<ulong> _hashes = [];

    public int Count => _days.Count;

    public static ulong Hash(string address) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(address.ToLowerInvariant()));

    /// <summary>Whether the sample would know the address if it had accepted mail lately.</summary>
    public bool Covers(ulong hash) => _days.Count < Capacity || hash <= _hashes.Max;

    public bool Contains(ulong hash) => _days.ContainsKey(hash);

    /// <returns>True when the sample changed.</returns>
    public bool Add(ulong hash, DateTimeOffset now) => Add(hash, Day(now));

    public void Merge(AcceptedSample other)
    {
        foreach (var (hash, day) in other._days)
            Add(hash, day);
    }

    public byte[] ToBytes(DateTimeOffset now)
    {
        var oldest = Day(now) - MaxAgeDays;
        var bytes = new byte[_days.Count * EntryLength];
        var at = 0;
        foreach (var hash in _hashes.Where(hash => _days[hash] >= oldest))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), hash);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + sizeof(ulong)), _days[hash]);
            at += EntryLength;
        }
        return bytes[..at];
    }

    public static AcceptedSample Read(ReadOnlySpan<byte> bytes)
    {
        var sample = new AcceptedSample();
        for (; bytes.Length >= EntryLength; bytes = bytes[EntryLength..])
            sample.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[sizeof(ulong)..]));
        return sample;
    }

    private bool Add(ulong hash, ushort day)
    {
        if (!Covers(hash) || (_days.TryGetValue(hash, out var known) && known + FreshDays > day))
            return false;
        _days[hash] = Math.Max(known, day);
        if (_hashes.Add(hash) && _hashes.Count > Capacity)
        {
            _days.Remove(_hashes.Max);
            _hashes.Remove(_hashes.Max);
        }
        return true;
    }

    private static ushort Day(DateTimeOffset time) => (ushort)(time.ToUnixTimeSeconds() / 86_400);
}
