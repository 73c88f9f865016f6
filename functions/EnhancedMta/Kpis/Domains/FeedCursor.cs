namespace EnhancedMta.Kpis.Domains;

/// <summary>How far the feed pages of each of a delivery's log partitions are counted.</summary>
internal sealed class FeedCursor : IEquatable<FeedCursor>
{
    private readonly long[] _pages;

    private FeedCursor(long[] pages) => _pages = pages;

    public static FeedCursor None { get; } = new([]);

    public long this[int shard] => shard < _pages.Length ? _pages[shard] : 0;

    /// <summary>Nothing of what <paramref name="other"/> counts is missing.</summary>
    public bool Covers(FeedCursor other) => !other._pages.Where((page, shard) => page > this[shard]).Any();

    /// <summary>The farther of the two for each partition.</summary>
    public FeedCursor Join(FeedCursor other) => Of(Math.Max(_pages.Length, other._pages.Length), shard => Math.Max(this[shard], other[shard]));

    public static FeedCursor Of(int shards, Func<int, long> page) => new([.. Enumerable.Range(0, shards).Select(page)]);

    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        foreach (var page in _pages)
            writer.Write7BitEncodedInt64(page);
        return buffer.ToArray();
    }

    public static FeedCursor Parse(byte[]? bytes)
    {
        var pages = new List<long>();
        using var reader = new BinaryReader(new MemoryStream(bytes ?? []));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
            pages.Add(reader.Read7BitEncodedInt64());
        return new FeedCursor([.. pages]);
    }

    public bool Equals(FeedCursor? other) => other is not null && Covers(other) && other.Covers(this);

    public override bool Equals(object? obj) => Equals(obj as FeedCursor);

    public override int GetHashCode() => _pages.Aggregate(0, HashCode.Combine);
}
