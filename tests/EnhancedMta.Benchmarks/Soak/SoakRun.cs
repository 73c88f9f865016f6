using System.Globalization;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>Half of what the machine does, for long, with a look at everything each minute.</summary>
internal sealed class SoakRun
{
    private const int CapacityMessages = 10_000;
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly SoakOptions _options;
    private readonly SoakScene _scene;
    private readonly Action<string> _say;
    private readonly double? _capacity;
    private readonly double _rate;
    private readonly SoakTraffic _traffic;

    private SoakRun(SoakOptions options, SoakScene scene, double? capacity, double rate, Action<string> say)
    {
        (_options, _scene, _capacity, _rate, _say) = (options, scene, capacity, rate, say);
        _traffic = new SoakTraffic(scene.App, rate);
    }

    public static async Task<SoakResult> RunAsync(SoakOptions options, string output, Action<string> say, CancellationToken cancellationToken)
    {
        double? capacity = options.Rate is null ? await MeasureAsync(output, say, cancellationToken) : null;
        var rate = options.Rate ?? Math.Floor(capacity!.Value / 2);
        using var folder = WorkFolder.Create();
        await using var scene = await SoakScene.StartAsync(rate, folder.Path, output, new Dictionary<string, string>(), cancellationToken);
        return await new SoakRun(options, scene, capacity, rate, say).RunAsync(output, cancellationToken);
    }

    /// <summary>Messages a second, of an app of its own: what it leaves behind is not the soak's.</summary>
    private static async Task<double> MeasureAsync(string output, Action<string> say, CancellationToken cancellationToken)
    {
        using var folder = WorkFolder.Create();
        await using var scene = await SoakScene.StartAsync(1_000, folder.Path, output, new Dictionary<string, string>(), cancellationToken);
        var traffic = new SoakTraffic(scene.App, 1_000);
        await traffic.RelayAsync("warm-up", CapacityMessages / 5, cancellationToken);
        await UntilTakenAsync(scene, traffic.Accepted, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        await traffic.RelayAsync("measured", CapacityMessages, cancellationToken);
        await UntilTakenAsync(scene, traffic.Accepted, cancellationToken);
        var capacity = CapacityMessages / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        say(string.Create(CultureInfo.InvariantCulture, $"capacity: {capacity:N0} messages a second"));
        return capacity;
    }

    private static async Task UntilTakenAsync(SoakScene scene, long count, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (scene.Sink.Ledger.Personas.Values.Sum(p => (long)p.Accepted) < count)
        {
            if (TimeProvider.System.GetElapsedTime(began) > SettleLimit)
                throw new InvalidOperationException($"The sink has not got all of {count} messages. {scene.App.LastLines}");
            await Task.Delay(Glance, cancellationToken);
        }
    }

    private async Task<SoakResult> RunAsync(string output, CancellationToken cancellationToken)
    {
        var samples = new List<SoakSample>();
        using var probe = new SoakProbe(_scene, _traffic);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        var load = _traffic.RunAsync(enough.Token);
        while (samples.Count < _options.Minutes / _options.Interval.TotalMinutes)
        {
            var wait = (_options.Interval * (samples.Count + 1)) - TimeProvider.System.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.WhenAny(load, Task.Delay(wait, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (load.IsCompleted)
                await load;
            samples.Add(await probe.LookAsync(TimeProvider.System.GetElapsedTime(began), cancellationToken));
            Say(samples[^1]);
            // Kept as it grows: a run that is broken off after an hour is still one of an hour.
            Result(samples, new Settled(0, 0, samples[^1].Accepted, 0, 0)).Save(Path.Combine(output, "soak.json"));
        }

        await enough.CancelAsync();
        await load;
        var result = Result(samples, await SettleAsync(cancellationToken));
        result.Save(Path.Combine(output, "soak.json"));
        return result;
    }

    /// <summary>Until only what waits for a time is left, or for two minutes.</summary>
    private async Task<Settled> SettleAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (delivered, failed, waiting, queued) = (0L, 0L, 0L, 0L);
            foreach (var delivery in _traffic.Deliveries.Keys)
            {
                var summary = (await _scene.App.SendAsync(HttpMethod.Get, $"api/deliveries/{delivery}", null, cancellationToken)).GetProperty("summary");
                delivered += summary.GetProperty("delivered").GetInt64();
                failed += summary.GetProperty("failed").GetInt64();
                waiting += summary.GetProperty("waitingForRetry").GetInt64();
                queued += summary.GetProperty("queued").GetInt64();
            }

            if (queued > 0 && TimeProvider.System.GetElapsedTime(began) < SettleLimit)
            {
                await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
                continue;
            }

            // What is being tried again just now is at the sink a moment before it is in the log.
            var ledger = _scene.Sink.Ledger.Messages;
            return new Settled(delivered, failed, waiting, Math.Max(0, delivered - ledger.Count), ledger.Values.Sum(count => (long)count - 1));
        }
    }

    private SoakResult Result(List<SoakSample> samples, Settled settled) => new()
    {
        Machine = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0} GB"),
        Rate = _rate,
        Capacity = _capacity,
        Minutes = samples.Count == 0 ? 0 : samples[^1].Minute,
        Samples = [.. samples],
        Accepted = _traffic.Accepted,
        Delivered = settled.Delivered,
        Failed = settled.Failed,
        Waiting = settled.Waiting,
        Lost = settled.Lost,
        Duplicates = settled.Duplicates,
        Events = _scene.Feedback.Events,
        Repeats = _traffic.Repeats,
        Faults = _scene.Log.Faults,
    };

    private void Say(SoakSample s) => _say(string.Create(
        CultureInfo.InvariantCulture,
        $"  {s.Minute,6:0.0} min  {s.Accepted,9:N0} accepted  {s.Delivered,9:N0} taken  {s.ResidentMB,5:0} MB  heap {s.HeapMB,5:0.0} MB  {s.Handles} handles  {s.Threads} threads  {s.SmtpConnections} SMTP  {s.Scheduled} scheduled  {s.Queued} queued  Azurite {s.StorageMB:0} MB"));

    private sealed record Settled(long Delivered, long Failed, long Waiting, long Lost, long Duplicates);
}
