namespace EnhancedMta.Breakdowns;

/// <summary>
/// How long deliveries took, in buckets that grow by a constant factor: any percentile is right within <see cref="RelativeError"/> of its
/// value, whatever the number of messages, and two histograms add up exactly (Masson, Rim, Lee: DDSketch, VLDB 2019, §2).
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>A percentile that is told lies at most so much beside the true one.</summary>
    public const double RelativeError = 0.025;

    /// <summary>What is shorter is told as this: nothing that people wait for.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private const double Factor = (1 + RelativeError) / (1 - RelativeError);
    private static readonly double LogFactor = Math.Log(Factor);

    private readonly SortedDictionary<int, long> _buckets = [];

    public IReadOnlyDictionary<int, long> Buckets => _buckets;

    public long Count => _buckets.Values.Sum();

    public bool IsEmpty => _buckets.Count == 0;

    public void Add(long milliseconds, long count = 1) => AddTo(BucketOf(milliseconds), count);

    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (bucket, count) in other._buckets)
            AddTo(bucket, count);
    }

    /// <summary>The time within which a share of the deliveries was made; null when there was none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan? Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        foreach (var (bucket, count) in _buckets)
        {
            rank -= count;
            if (rank <= 0)
                return TimeSpan.FromMilliseconds(2 * Math.Pow(Factor, bucket) / (Factor + 1));
        }

        return null;
    }

    internal byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        var last = 0;
        foreach (var (bucket, count) in _buckets)
        {
            writer.Write7BitEncodedInt(bucket - last);
            writer.WriteCount(count);
            last = bucket;
        }

        return buffer.ToArray();
    }

    internal static LatencyHistogram Parse(byte[]? bytes)
    {
        var histogram = new LatencyHistogram();
        using var reader = new BinaryReader(new MemoryStream(bytes ?? []));
        for (var bucket = 0; reader.BaseStream.Position < reader.BaseStream.Length;)
            histogram._buckets[bucket += reader.Read7BitEncodedInt()] = reader.ReadCount();
        return histogram;
    }

    private static int BucketOf(long milliseconds) => (int)Math.Ceiling(Math.Log(Math.Max(milliseconds, (long)Shortest.TotalMilliseconds)) / LogFactor);

    private void AddTo(int bucket, long difference)
    {
        var sum = _buckets.GetValueOrDefault(bucket) + difference;
        if (sum == 0)
            _buckets.Remove(bucket);
        else
            _buckets[bucket] = sum;
    }
}
