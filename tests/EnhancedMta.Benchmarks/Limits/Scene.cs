namespace EnhancedMta.Benchmarks.Limits;

/// <summary>
/// What is sent: a large marketing delivery, most of it to a site that takes a share of it in each slice, the rest to a slow site with two
/// connections and to one of the generic kind; later a small marketing delivery and transactional ones to the throttled site: in mid-slice one to each process,
/// since not all of them have a connection, and one when a slice is full, which takes three of them.
/// </summary>
internal sealed record Scene(int Slices, LimitedSite Throttled, LimitedSite Slow, LimitedSite Plain, Mailing Large, Mailing Small, IReadOnlyList<Mailing> InSlice, Mailing WhenFull)
{
    private const int Transactional = 20;

    public IReadOnlyList<LimitedSite> Sites => [Throttled, Slow, Plain];

    public IReadOnlyList<Mailing> Mailings => Slices < 3 ? [Large, Small, .. InSlice] : [Large, Small, .. InSlice, WhenFull];

    public int Messages => Mailings.Sum(m => m.Count);

    public static Scene Of(LimitsOptions options)
    {
        // 80 % to the throttled site, in so many slices; the slow one takes ten messages a second.
        var throttled = options.Messages * 8 / 10;
        var slow = options.Messages / 10;
        var perSlice = Math.Max(Transactional * 2, throttled / options.Slices);
        var site = new LimitedSite("throttled", 2, Connections: 5, MessagesPerConnection: 20, perSlice, Seconds: 0.02)
        {
            // Twice what the messages of a slice need in one of its minutes.
            PerMinute = Math.Max(10, perSlice / 20 * 2 / 4),
        };
        var slowSite = new LimitedSite("slow", 3, Connections: 2, MessagesPerConnection: 100, null, Seconds: 0.2);
        var plain = new LimitedSite("plain", 4, Connections: 20, MessagesPerConnection: 100, null, Seconds: 0);
        return new Scene(
            options.Slices, site, slowSite, plain,
            new Mailing("large", false, [(site, throttled), (slowSite, slow), (plain, options.Messages - throttled - slow)]),
            new Mailing("small", false, [(site, perSlice / 4)]),
            [.. Enumerable.Range(1, options.Receivers).Select(n => new Mailing($"urgent-{n}", true, [(site, Transactional)]))],
            new Mailing("urgent-full", true, [(site, Transactional)]));
    }
}
