using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary>Finds out what can be relayed, offers many times as much, and waits for all that was accepted.</summary>
internal sealed class OverloadRun(OverloadOptions options, OverloadScene scene, Action<string> say)
{
    private const int PerRequest = 100;
    private const string Marketing = "marketing";
    private const string Transactional = "transactional";
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan BetweenTransactional = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Moved = TimeSpan.FromMinutes(1);

    private int _next;
    private int _nextTransactional = int.MaxValue / 2;

    private static bool IsTransactional(int number) => number >= int.MaxValue / 2;

    public static async Task<OverloadResult> RunAsync(OverloadOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        using var folder = WorkFolder.Create();
        await using var scene = await OverloadScene.StartAsync(options.Wait, folder.Path, cancellationToken);
        return await new OverloadRun(options, scene, say).RunAsync(cancellationToken);
    }

    private async Task<OverloadResult> RunAsync(CancellationToken cancellationToken)
    {
        await DeclareAsync(Marketing, cancellationToken);
        await DeclareAsync(Transactional, cancellationToken);
        double? capacity = options.Rate is null ? await MeasureAsync(cancellationToken) : null;
        var rate = options.Rate ?? (options.Times * capacity!.Value);
        var measured = _next;
        var memory = ProcessState.Of(scene.App.ProcessId).ResidentMB;

        var length = TimeSpan.FromMinutes(options.Minutes);
        var each = TimeSpan.FromSeconds(PerRequest * options.Senders / rate);
        say(string.Create(CultureInfo.InvariantCulture, $"offering {rate:N0} messages a second for {length.TotalSeconds:0} s"));
        var senders = Enumerable.Range(0, options.Senders).Select(i => new Sender(scene.App, new Offer(Marketing, OverloadScene.Slow, PerRequest, each, Next), scene.Arrivals, i % 2 == 0)).ToList();
        var urgent = new Sender(scene.App, new Offer(Transactional, OverloadScene.Quick, 1, BetweenTransactional, () => Interlocked.Increment(ref _nextTransactional)), scene.Arrivals, obeys: true);
        var began = TimeProvider.System.GetTimestamp();
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            over.CancelAfter(length);
            var watch = WatchAsync(over.Token);
            await Task.WhenAll([urgent.RunAsync(TimeSpan.Zero, over.Token), .. senders.Select((s, i) => s.RunAsync(each * i / options.Senders, over.Token))]);
            await watch;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var ended = TimeProvider.System.GetTimestamp();
        say($"{scene.Arrivals.Accepted:N0} accepted; waiting for the last of them");
        await DrainAsync(cancellationToken);
        var told = senders.SelectMany(s => s.Told).DefaultIfEmpty().ToList();
        return new OverloadResult
        {
            Capacity = capacity,
            Rate = rate,
            Seconds = TimeProvider.System.GetElapsedTime(began, ended).TotalSeconds,
            Marketing = SideOf(senders, n => n >= measured && !IsTransactional(n)),
            Transactional = SideOf([urgent], IsTransactional),
            Told = (told.Min(), told.Max()),
            Lost = scene.Arrivals.Lost,
            Duplicates = scene.Arrivals.Duplicates,
            Unexpected = scene.Arrivals.Unexpected,
            MemoryMB = (memory, ProcessUse.PeakMemoryMB(scene.App.ProcessId)),
            DrainSeconds = TimeProvider.System.GetElapsedTime(ended).TotalSeconds,
        };
    }

    private int Next() => Interlocked.Add(ref _next, PerRequest) - PerRequest;

    private Task<JsonElement> DeclareAsync(string delivery, CancellationToken cancellationToken) => scene.App.SendAsync(
        HttpMethod.Put, $"api/deliveries/{delivery}", JsonContent.Create(new { label = delivery, priority = delivery, expectedSize = 20_000 }), cancellationToken);

    /// <summary>Keeps less in the queue than would be refused, and never nothing.</summary>
    private async Task<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var sender = new Sender(scene.App, new Offer(Marketing, OverloadScene.Slow, PerRequest, TimeSpan.Zero, Next), scene.Arrivals, obeys: true);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feeding = FeedAsync();
        // Connections are open then, and code is compiled.
        await Task.Delay(Measuring / 2, cancellationToken);
        var (before, began) = (scene.Arrivals.Came, TimeProvider.System.GetTimestamp());
        await Task.Delay(Measuring, cancellationToken);
        var capacity = (scene.Arrivals.Came - before) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        await enough.CancelAsync();
        await feeding;
        await DrainAsync(cancellationToken);
        say(string.Create(CultureInfo.InvariantCulture, $"capacity: {capacity:N0} messages a second"));
        return capacity > 0 ? capacity : throw new InvalidOperationException($"Nothing was relayed. {scene.App.LastLines}");

        async Task FeedAsync()
        {
            const int Ahead = 1_500;
            while (!enough.IsCancellationRequested)
            {
                if (scene.Arrivals.Accepted - scene.Arrivals.Came > Ahead)
                    await Task.Delay(20, CancellationToken.None);
                else
                    await sender.MakeAsync(enough.Token);
            }
        }
    }

    private async Task WatchAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"  {scene.Arrivals.Accepted,9:N0} accepted  {scene.Arrivals.Came,9:N0} came  {scene.Arrivals.Accepted - scene.Arrivals.Came,7:N0} under way  {ProcessState.Of(scene.App.ProcessId).ResidentMB:0} MB"));
        }
    }

    /// <summary>Until all has come, or none does any more.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var (seen, moved) = (0, TimeProvider.System.GetTimestamp());
        while (scene.Arrivals.Lost > 0 && TimeProvider.System.GetElapsedTime(moved) < Moved)
        {
            await Task.Delay(Glance, cancellationToken);
            if (scene.Arrivals.Came is var now && now > seen)
                (seen, moved) = (now, TimeProvider.System.GetTimestamp());
        }
    }

    private Side SideOf(IReadOnlyList<Sender> senders, Func<int, bool> which)
    {
        var waits = scene.Arrivals.Waits(which);
        var refused = senders.SelectMany(s => s.Refused).GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Sum(r => r.Value));
        return new Side(senders.Sum(s => s.Offered), waits.Count, senders.Sum(s => s.Requests), refused, waits);
    }
}
