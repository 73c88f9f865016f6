using System.Globalization;
using EnhancedMta.Benchmarks.Chaos.Checks;
using EnhancedMta.Benchmarks.Chaos.Hosts;
using EnhancedMta.Benchmarks.Chaos.Load;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>Mail flows while everything fails; then nothing fails any more, all ends, and what is left is looked at.</summary>
internal sealed class ChaosRun
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan PushLimit = TimeSpan.FromMinutes(3);

    /// <summary>A straggler that should not be would show itself by then.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(3);

    /// <summary>What waits for its next attempt waits for hours: the clocks are set forward by this, at most once in a while.</summary>
    private static readonly TimeSpan Leap = TimeSpan.FromMinutes(90);
    private static readonly TimeSpan BetweenLeaps = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    private readonly ChaosOptions _options;
    private readonly ChaosScene _scene;
    private readonly Action<string> _say;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly IReadOnlyList<Mailing> _mailings = MailFlow.NewMailings();

    private ChaosRun(ChaosOptions options, ChaosScene scene, Action<string> say) => (_options, _scene, _say) = (options, scene, say);

    public static async Task<ChaosResult> RunAsync(ChaosOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        using var folder = WorkFolder.Create();
        var logs = Directory.CreateDirectory(options.Logs ?? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"enhancedmta-chaos-{options.Seed}-{Environment.ProcessId}"))).FullName;
        ChaosResult? result = null;
        try
        {
            await using var scene = await ChaosScene.StartAsync(options, folder.Path, logs, say, cancellationToken);
            result = await new ChaosRun(options, scene, say).RunAsync(cancellationToken);
            return result = result with { Logs = result.IsGood && options.Logs is null ? null : logs };
        }
        finally
        {
            if (result is { Logs: null })
                Directory.Delete(logs, recursive: true);
            else
                say($"What the processes said is in {logs}.");
        }
    }

    private async Task<ChaosResult> RunAsync(CancellationToken cancellationToken)
    {
        var campaign = new Campaign(_scene.Hosts, _options.Seed + 4);
        foreach (var mailing in _mailings)
            await campaign.DeclareAsync(mailing, cancellationToken);
        var hasFeedback = await campaign.HasAsync("api/feedback?limit=1", cancellationToken);

        var length = TimeSpan.FromMinutes(_options.Minutes);
        Say($"things go wrong for {length.TotalSeconds:0} s");
        _scene.Weather.Begin();
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            over.CancelAfter(length);
            var mischief = new Mischief(_scene, _options.Seed, Say).RunAsync(over.Token);
            var traffic = new MailFlow(campaign, _mailings, _options.Rate, _options.Seed + 5).RunAsync(over.Token, cancellationToken);
            var watch = WatchAsync(over.Token);
            // A client that is told to give up ends it all.
            if (await Task.WhenAny(traffic, mischief) == traffic)
                await over.CancelAsync();
            await mischief;
            await _scene.CalmAsync();
            await watch;
            Say("nothing goes wrong any more");
            await traffic;
        }

        var calm = TimeProvider.System.GetTimestamp();
        await Running.WaitAsync(_scene.Hosts, cancellationToken);
        await DrainAsync(cancellationToken);
        var drained = TimeProvider.System.GetElapsedTime(calm);
        await Task.Delay(Afterwards, cancellationToken);
        var audit = await new Audit(Storage(), _scene.Sink.Ledger, _mailings).RunAsync(_scene.Tally.MayRepeat, cancellationToken);
        IReadOnlyList<string> told = [];
        if (hasFeedback)
        {
            await UntilToldAsync(audit.Events, cancellationToken);
            told = await new FeedAudit(campaign, _scene.Feedback, audit.Events).RunAsync(cancellationToken);
        }

        return new ChaosResult
        {
            Audit = audit with { Findings = [.. audit.Findings, .. await new ApiAudit(campaign, audit).RunAsync(_mailings, cancellationToken), .. told] },
            Pushed = hasFeedback ? _scene.Feedback.Events : null,
            Faults = _scene.Tally.Counts,
            Seconds = length.TotalSeconds,
            DrainSeconds = drained.TotalSeconds,
            RequestsCut = campaign.Cut,
            RequestsRepeated = campaign.Repeated,
            AnswersOf500 = campaign.Faults,
            Crashes = _scene.Hosts.Sum(host => host.Crashes),
            FailedStarts = _scene.Hosts.Sum(host => host.FailedStarts),
            OwnFaults = _scene.Hosts.Sum(host => host.OwnFaults),
        };
    }

    /// <summary>Past the proxy.</summary>
    private StorageAccount Storage() => new(new StorageAccountOptions { ConnectionString = _scene.Azurite.ConnectionString });

    /// <summary>Until every message is final, or it takes too long.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var storage = Storage();
        var kpis = new DeliveryKpis(storage.Log);
        var store = new DeliveryStore(storage.Deliveries, TimeProvider.System);
        var began = TimeProvider.System.GetTimestamp();
        var leapt = began;
        for (var look = 0; ; look++)
        {
            var sum = new Counters();
            foreach (var mailing in _mailings)
                sum.Add(await kpis.CountersAsync((await store.FindAsync(mailing.Id, cancellationToken))!, cancellationToken));
            if (look % 10 == 0)
                Say($"{sum.Relayed:N0} messages: {sum.Delivered:N0} delivered, {sum.Failed:N0} failed, {sum.Open:N0} open, of these {sum.Waiting:N0} wait");
            if (sum.Open == 0 || TimeProvider.System.GetElapsedTime(began) > DrainLimit)
                return;
            if (sum.Open == sum.Waiting && TimeProvider.System.GetElapsedTime(leapt) > BetweenLeaps)
            {
                await _scene.PassAsync(Leap);
                leapt = TimeProvider.System.GetTimestamp();
            }

            await Task.Delay(Glance, cancellationToken);
        }
    }

    /// <summary>Until all feedback was pushed, or it takes too long: an endpoint that was down is tried again after hours at last.</summary>
    private async Task UntilToldAsync(long events, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (_scene.Feedback.Events < events && TimeProvider.System.GetElapsedTime(began) < PushLimit)
        {
            await Task.Delay(BetweenLeaps, cancellationToken);
            await _scene.PassAsync(Leap);
            Say($"{_scene.Feedback.Events:N0} of {events:N0} events were pushed");
        }
    }

    private async Task WatchAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Say($"{_mailings.Sum(mailing => mailing.Accepted.Count):N0} messages accepted, {_scene.Sink.Ledger.Personas.Values.Sum(persona => persona.Accepted):N0} taken, {_scene.Tally.Total:N0} faults");
        }
    }

    private void Say(string what) =>
        _say(string.Create(CultureInfo.InvariantCulture, $"  {TimeProvider.System.GetElapsedTime(_began).TotalSeconds,6:0.0}  {what}"));
}
