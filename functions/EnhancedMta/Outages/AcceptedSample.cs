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

    private readonly SortedDictionary<ulong, ushort> _days = [];

    public int Count => _days.Count;

    public static ulong Hash(string address) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(address.ToLowerInvariant()));

    /// <summary>Whether the sample would know the address if it had accepted mail lately.</summary>
    public bool Covers(ulong hash) => _days.Count < Capacity || hash <= Largest;

    public bool Contains(ulong hash) => _days.ContainsKey(hash);

    /// <returns>True when the sample changed.</returns>
    public bool Add(ulong hash, DateTimeOffset now) => Add(hash, Day(now));

    public void Merge(AcceptedSample other)
    {
        foreach (var (hash, day) in other._days)
            Add(hash, day);
    }

    /// <summary>The address was wrong after all, or is now.</summary>
    public void Remove(ulong hash) => _days.Remove(hash);

    public byte[] ToBytes(DateTimeOffset now)
    {
        var oldest = Day(now) - MaxAgeDays;
        var bytes = new byte[_days.Count * EntryLength];
        var at = 0;
        foreach (var (hash, day) in _days.Where(e => e.Value >= oldest))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), hash);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + sizeof(ulong)), day);
            at += EntryLength;
        }
        return bytes[..at];
    }

    public static AcceptedSample Read(ReadOnlySpan<byte> bytes)
    {
        var sample = new AcceptedSample();
        for (; bytes.Length >= EntryLength; bytes = bytes[EntryLength..])
            sample._days[BinaryPrimitives.ReadUInt64LittleEndian(bytes)] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[sizeof(ulong)..]);
        return sample;
    }

    private ulong Largest => _largest ??= _days.Keys.Last();

    private ulong? _largest;

    private bool Add(ulong hash, ushort day)
    {
        if (!Covers(hash) || (_days.TryGetValue(hash, out var known) && known + FreshDays > day))
            return false;
        _days[hash] = Math.Max(known, day);
        _largest = null;
        if (_days.Count > Capacity)
            _days.Remove(Largest);
        _largest = null;
        return true;
    }

    private static ushort Day(DateTimeOffset time) => (ushort)(time.ToUnixTimeSeconds() / 86_400);
}
