namespace EnhancedMta.Benchmarks.Chaos.Load;

/// <summary>Relays new messages of all mailings, steadily, a few requests at a time.</summary>
internal sealed class MailFlow(Campaign campaign, IReadOnlyList<Mailing> mailings, double messagesPerSecond, int seed)
{
    private const int AtOnce = 4;
    private const int MaxMarketing = 200;
    private const int MaxTransactional = 4;

    /// <summary>Of the requests, so many are of a marketing delivery.</summary>
    private const double MarketingShare = 0.4;

    private readonly Random _random = new(seed);

    /// <summary>The deliveries of a run.</summary>
    public static IReadOnlyList<Mailing> NewMailings() =>
    [
        // One partition, several, and many.
        new("autumn", IsTransactional: false, ExpectedSize: 100, "P3DT12H"),
        new("weekly", IsTransactional: false, ExpectedSize: 20_000, "P3DT12H"),
        new("catalogue", IsTransactional: false, ExpectedSize: 1_000_000, "P3DT12H"),
        new("orders", IsTransactional: true, ExpectedSize: 1_000, "P3DT12H"),
        new("passwords", IsTransactional: true, ExpectedSize: 100, "P3DT12H"),
        new("winback", IsTransactional: false, ExpectedSize: 100, "PT20M") { IsForFullMailboxes = true },
    ];

    /// <summary>Until <paramref name="enough"/>; then what was begun is brought to its end.</summary>
    public async Task RunAsync(CancellationToken enough, CancellationToken cancellationToken)
    {
        var running = new List<Task>();
        var began = TimeProvider.System.GetTimestamp();
        var offered = 0;
        while (!enough.IsCancellationRequested)
        {
            foreach (var ended in running.Where(task => task.IsCompleted).ToList())
            {
                running.Remove(ended);
                await ended;
            }

            if (running.Count >= AtOnce || offered > TimeProvider.System.GetElapsedTime(began).TotalSeconds * messagesPerSecond)
            {
                await Task.Delay(20, cancellationToken);
                continue;
            }

            var request = Next();
            offered += request.Ids.Count;
            running.Add(campaign.RelayAsync(request, cancellationToken));
        }

        await Task.WhenAll(running);
    }

    private Request Next()
    {
        var isMarketing = _random.NextDouble() < MarketingShare;
        var candidates = mailings.Where(mailing => mailing.IsTransactional != isMarketing).ToList();
        var mailing = candidates[_random.Next(candidates.Count)];
        return mailing.Compose(_random.Next(1, isMarketing ? MaxMarketing : MaxTransactional), _random);
    }
}
