using EnhancedMta.Benchmarks.Chaos.DnsFaults;
using EnhancedMta.Benchmarks.Chaos.FeedbackFaults;
using EnhancedMta.Benchmarks.Chaos.Hosts;
using EnhancedMta.Benchmarks.Chaos.Load;
using EnhancedMta.Benchmarks.Chaos.SmtpFaults;
using EnhancedMta.Benchmarks.Chaos.StorageFaults;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>
/// Plays one trick after the other, from a shuffled deck, so that each comes up again and again. Tricks overlap; those on one process, or on
/// storage, follow each other.
/// </summary>
internal sealed class Mischief
{
    private static readonly TimeSpan MeanPause = TimeSpan.FromSeconds(1.2);

    private static readonly (string, Task) NobodyRuns = ("no process has started yet", Task.CompletedTask);

    private readonly ChaosScene _scene;
    private readonly Random _random;
    private readonly Action<string> _say;
    private readonly Trick[] _deck;

    public Mischief(ChaosScene scene, int seed, Action<string> say)
    {
        (_scene, _random, _say) = (scene, new Random(seed), say);
        _deck =
        [
            .. Enumerable.Repeat<Trick>(Kill, 5), .. Enumerable.Repeat<Trick>(Stall, 2), .. Enumerable.Repeat<Trick>(StepClock, 2), Stop,
            .. Enumerable.Repeat<Trick>(StorageStorm, 7), StorageRestart, StorageStall, .. scene.Azurite.HasSmallDisk ? [FillDisk] : Array.Empty<Trick>(),
            .. Enumerable.Repeat<Trick>(SmtpStorm, 7), .. Enumerable.Repeat<Trick>(DnsTrouble, 2), .. Enumerable.Repeat<Trick>(FeedbackStorm, 2),
        ];
    }

    private delegate (string What, Task Task) Trick(CancellationToken over);

    /// <summary>Until <paramref name="over"/>; then all that was begun ends.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        var running = new List<Task>();
        for (var next = _deck.Length; !over.IsCancellationRequested; next++)
        {
            if (next == _deck.Length)
            {
                _random.Shuffle(_deck);
                next = 0;
            }

            var (what, task) = _deck[next](over);
            _say(what);
            running.RemoveAll(trick => trick.IsCompletedSuccessfully);
            running.Add(task);
            await Task.Delay(-Math.Log(1 - _random.NextDouble()) * MeanPause, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(running);
    }

    private (string, Task) Kill(CancellationToken over)
    {
        var down = Time(0, 3);
        if (Running() is not { } host)
            return NobodyRuns;
        _scene.Tally.Add(new Fault("processes", "SIGKILL", MayRepeat: true));
        return ($"{host.Name} is killed", host.KillAsync(down));
    }

    private (string, Task) Stop(CancellationToken over)
    {
        var down = Time(0, 2);
        if (Running() is not { } host)
            return NobodyRuns;
        _scene.Tally.Add(new Fault("processes", "SIGTERM"));
        return ($"{host.Name} is stopped", host.StopAsync(down));
    }

    private (string, Task) Stall(CancellationToken over)
    {
        // Longer than the others wait, now and then.
        var (host, time) = (Any(), Time(0.5, 12));
        _scene.Tally.Add(new Fault("processes", "stands still", MayRepeat: true));
        return ($"{host.Name} stands still for {time.TotalSeconds:0.0} s", host.StallAsync(time, over));
    }

    private (string, Task) StepClock(CancellationToken over)
    {
        // Of the clock, to whose hours retries keep.
        var (host, step) = (Any(), Time(-1_800, 1_800));
        _scene.Tally.Add(new Fault("processes", "clock set wrong", MayRepeat: true));
        return ($"{host.Name}'s clock is {step.TotalMinutes:0} minutes off", host.StepClockAsync(step));
    }

    private (string, Task) StorageRestart(CancellationToken over)
    {
        var away = Time(0.2, 4);
        _scene.Tally.Add(new Fault("storage", "gone, and back on its data", MayRepeat: true));
        return ($"storage is gone for {away.TotalSeconds:0.0} s", _scene.Azurite.RestartAsync(away, over));
    }

    private (string, Task) StorageStall(CancellationToken over)
    {
        var time = Time(0.5, 5);
        _scene.Tally.Add(new Fault("storage", "stands still"));
        return ($"storage stands still for {time.TotalSeconds:0.0} s", _scene.Azurite.StallAsync(time, over));
    }

    private (string, Task) FillDisk(CancellationToken over)
    {
        var time = Time(0.5, 4);
        _scene.Tally.Add(new Fault("storage", "disk full"));
        return ($"storage's disk is full for {time.TotalSeconds:0.0} s", _scene.Azurite.FillDiskAsync(time, over));
    }

    private (string, Task) StorageStorm(CancellationToken over)
    {
        var (fault, share) = (Of<StorageFault>(), 0.05 + (_random.NextDouble() * 0.6));
        var service = _random.Next(4) is < 3 and var one ? (StorageService?)one : null;
        var onlyTransactions = service == StorageService.Table && _random.Next(2) == 0;
        var name = $"{share:P0} of {(onlyTransactions ? "the log's transactions" : service is { } known ? $"{known} requests" : "all storage requests")}: {fault}";
        var storm = new Storm<StorageRequest, StorageFault>(
            name, fault, request => (service is null || request.Service == service) && (!onlyTransactions || request.IsTransaction), share, Time(0.5, 4));
        return (name, _scene.Weather.Storage.PassAsync(storm, over));
    }

    private (string, Task) SmtpStorm(CancellationToken over)
    {
        var (fault, share) = (Of<SmtpFault>(), 0.05 + (_random.NextDouble() * 0.5));
        // The end of the data twice as often: it is what repeats are made of.
        var moment = _random.Next(10) is < 9 and var one ? (SmtpMoment)one : SmtpMoment.EndOfData;
        var site = RecipientSite.All[_random.Next(RecipientSite.All.Count)].Name;
        var name = $"{share:P0} of SMTP to {site} at {moment}: {fault}";
        return (name, _scene.Weather.Smtp.PassAsync(new Storm<SmtpPlace, SmtpFault>(name, fault, place => place == new SmtpPlace(site, moment), share, Time(0.5, 4)), over));
    }

    private (string, Task) FeedbackStorm(CancellationToken over)
    {
        // Half of the times it is down altogether.
        var (fault, share) = (Of<FeedbackFault>(), _random.Next(2) == 0 ? 1 : _random.NextDouble());
        var name = $"{share:P0} of pushed feedback: {fault}";
        return (name, _scene.Weather.Feedback.PassAsync(new Storm<string, FeedbackFault>(name, fault, _ => true, share, Time(1, 8)), over));
    }

    private (string, Task) DnsTrouble(CancellationToken over)
    {
        var (fault, time) = (Of<DnsFault>(), Time(0.5, 5));
        return ($"DNS: {fault} for {time.TotalSeconds:0.0} s", PassAsync());

        async Task PassAsync()
        {
            _scene.Dns.Trouble = fault;
            await Task.Delay(time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _scene.Dns.Trouble = null;
        }
    }

    /// <summary>One that has started: on a busy machine that takes longer than the next kill, and nothing would ever be done.</summary>
    private Host? Running()
    {
        var running = _scene.Hosts.Where(host => host.IsRunning).ToList();
        return running.Count == 0 ? null : running[_random.Next(running.Count)];
    }

    private Host Any() => _scene.Hosts[_random.Next(_scene.Hosts.Count)];

    private T Of<T>() where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return values[_random.Next(values.Length)];
    }

    private TimeSpan Time(double least, double most) => TimeSpan.FromSeconds(least + (_random.NextDouble() * (most - least)));
}
