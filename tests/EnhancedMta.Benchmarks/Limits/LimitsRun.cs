using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.LocalHost.Clocks;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Storage;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>Several local hosts on one Azurite and one clock, and a sink that counts.</summary>
internal sealed class LimitsRun
{
    private const int MessagesPerRequest = 2_000;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>The batches of the process that is killed are free after this, in real time: sooner than by default. How long it keeps its connections is an option.</summary>
    private static readonly TimeSpan ClaimsOfTheKilled = TimeSpan.FromSeconds(20);

    /// <summary>How long the hosts are watched at rest, of the clock: each timer of a minute falls twice.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);

    /// <summary>Between two transactional deliveries, of the common clock.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5);

    /// <summary>A slice that has more of its messages behind it in the middle is full before the transactional deliveries have come.</summary>
    private const double MostInMiddle = 0.7;

    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);
    private static readonly string[] RelayQueues = [QueueNames.RelayMarketing, QueueNames.RelayTransactional];

    private readonly LimitsOptions _options;
    private readonly FastClock _clock;
    private readonly Scene _scene;
    private readonly Census _census;
    private readonly List<LocalApp> _apps;
    private readonly Action<string> _say;
    private readonly Dictionary<string, DateTimeOffset> _accepted = [];
    private HostCounts _ended = HostCounts.None;
    private int _next;

    private LimitsRun(LimitsOptions options, FastClock clock, Scene scene, Census census, List<LocalApp> apps, Action<string> say) =>
        (_options, _clock, _scene, _census, _apps, _say) = (options, clock, scene, census, apps, say);

    public static async Task<LimitsResult> RunAsync(LimitsOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        using var folder = WorkFolder.Create();
        var scene = Scene.Of(options);
        var clock = Clock(options.Speed);
        var census = new Census(scene.Sites, clock);
        await using var sink = await SmtpSinkServer.StartAsync(new() { Personas = [.. scene.Sites.Select(s => s.Persona(options.Speed))], Clock = clock, Observer = census }, cancellationToken);
        await using var azurite = await AzuriteEmulator.StartAsync(new() { Folder = Path.Combine(folder.Path, "azurite") }, cancellationToken);
        var rules = Path.Combine(folder.Path, "mx-rules.json");
        await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new { rules = scene.Sites.Select(s => s.Rule) }, NoNulls), cancellationToken);
        var settings = Settings(options, clock, scene, sink, rules);
        var apps = new List<LocalApp>();
        var logs = new List<TextWriter>();
        try
        {
            for (var number = 1; number <= options.Processes; number++)
            {
                var own = Directory.CreateDirectory(Path.Combine(folder.Path, $"{number}")).FullName;
                if (options.Logs is { } where)
                    logs.Add(TextWriter.Synchronized(new StreamWriter(Path.Combine(Directory.CreateDirectory(where).FullName, $"{number}.log")) { AutoFlush = true }));
                apps.Add(await LocalApp.StartAsync(own, azurite.ConnectionString, settings, options.Logs is null ? null : logs[^1], cancellationToken));
            }

            // Rules that are refused leave those of before in force.
            if (!(await apps[0].SendAsync(HttpMethod.Get, "api/mx-rules", null, cancellationToken)).ToString().Contains($"\"{scene.Throttled.Name}\"", StringComparison.Ordinal))
                throw new InvalidOperationException($"The rules of the scene are not in force. {apps[0].LastLines}");
            return await new LimitsRun(options, clock, scene, census, apps, say).RunAsync(cancellationToken);
        }
        finally
        {
            await Task.WhenAll(apps.Select(app => app.DisposeAsync().AsTask()));
            foreach (var log in logs)
                await log.DisposeAsync();
        }
    }

    /// <summary>A clock that begins well within a slice: the first one is short, and the run too.</summary>
    private static FastClock Clock(double speed)
    {
        var now = TimeProvider.System.GetUtcNow();
        var first = Slice.At(now).Start + (Slice.Length / 2);
        return new FastClock(speed > 1 ? now - ((first - now) / (speed - 1)) : now, speed);
    }

    private static readonly JsonSerializerOptions NoNulls = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static Dictionary<string, string> Settings(LimitsOptions options, FastClock clock, Scene scene, SmtpSinkServer sink, string rules)
    {
        var settings = new Dictionary<string, string>
        {
            ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta__MxRulesFile"] = rules,
            ["EnhancedMta__Dkim__Unsigned__0"] = "*",
            ["LocalHost__OperationKinds"] = "true",
            ["LocalHost__Clock__Speed"] = options.Speed.ToString(CultureInfo.InvariantCulture),
            ["LocalHost__Clock__Origin"] = clock.Origin.ToString("O", CultureInfo.InvariantCulture),
            // Of real time, so that it keeps its proportion to a slice.
            ["EnhancedMta__Batches__RunTime"] = Duration(clock.Real(new Batches.BatchOptions().RunTime)),
            // Of the clock's time; but how long a process may be silent before it is taken for dead is a matter of the machine.
            ["EnhancedMta__Batches__ClaimLifetime"] = Duration((options.Kill ? ClaimsOfTheKilled : new Batches.BatchOptions().ClaimLifetime) * options.Speed),
            ["EnhancedMta__Batches__LeaseLifetime"] = Duration(TimeSpan.FromSeconds(options.Lease) * options.Speed),
        };
        foreach (var site in scene.Sites)
            settings[$"EnhancedMta__Routes__{site.Domain}"] = sink.EndPointOf(site.Domain).ToString();
        return settings;
    }

    private static string Duration(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)).ToString("c", CultureInfo.InvariantCulture);

    private async Task<LimitsResult> RunAsync(CancellationToken cancellationToken)
    {
        // The large delivery first; in the middle the small ones; then until all is through.
        var before = await CountsAsync(cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        var first = Slice.At(_clock.GetUtcNow());
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchAsync(failed.Token);
        try
        {
            var kill = _options.Kill ? KillAsync(failed.Token) : _options.Stall > 0 ? StallAsync(failed.Token) : Task.CompletedTask;
            await RelayAsync(_scene.Large, failed.Token);
            var middle = first + Math.Max(1, _options.Slices / 3);
            await UntilAsync(middle.Start + TimeSpan.FromMinutes(2), failed.Token);
            // What has just come may fill a slice at once: transactional mail waits for the next then, as another delivery of the scene does.
            for (; _census.Of(_scene.Throttled).BegunIn(middle) > MostInMiddle * _scene.Throttled.PerSlice && middle.Number + 2 < first.Number + _options.Slices; await UntilAsync(middle.Start + TimeSpan.FromMinutes(2), failed.Token))
                middle += 1;
            foreach (var mailing in _scene.InSlice)
            {
                await RelayAsync(mailing, failed.Token);
                await Task.Delay(Apart, _clock, failed.Token);
            }

            await UntilAsync(middle.Start + TimeSpan.FromMinutes(3), failed.Token);
            await RelayAsync(_scene.Small, failed.Token);
            if (_scene.Mailings.Contains(_scene.WhenFull))
            {
                await UntilFullAsync(middle + 1, failed.Token);
                await RelayAsync(_scene.WhenFull, failed.Token);
            }

            await kill;
            await watch;
        }
        finally
        {
            await failed.CancelAsync();
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var repeats = await UntilSettledAsync(cancellationToken);
        var all = await CountsAsync(cancellationToken);
        var (counts, seconds) = (all + _ended - before, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
        var resting = _clock.Real(Rest);
        await Task.Delay(resting, cancellationToken);
        var rest = await CountsAsync(cancellationToken) - all;
        return new LimitsResult(_scene, _census, _accepted, repeats, counts, rest, resting.TotalSeconds, seconds);
    }

    private async Task<HostCounts> CountsAsync(CancellationToken cancellationToken)
    {
        var all = HostCounts.None;
        foreach (var app in _apps)
            all += await app.CountsAsync(RelayQueues, cancellationToken);
        return all;
    }

    /// <summary>Relays a mailing, each request to another process.</summary>
    private async Task RelayAsync(Mailing mailing, CancellationToken cancellationToken)
    {
        await _apps[0].SendAsync(HttpMethod.Put, $"api/deliveries/{mailing.Id}", JsonContent.Create(mailing.Declaration), cancellationToken);
        for (var from = 0; from < mailing.Count; from += MessagesPerRequest)
        {
            var count = Math.Min(MessagesPerRequest, mailing.Count - from);
            using var content = new ByteArrayContent(mailing.Lines(from, count));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            var app = _apps[_next++ % _options.Receivers];
            var answer = await app.SendAsync(HttpMethod.Post, $"api/deliveries/{mailing.Id}/messages", content, cancellationToken);
            if (answer.GetProperty("accepted").GetInt32() != count)
                throw new InvalidOperationException($"Not all of {count} messages were accepted: {answer}");
        }

        _accepted[mailing.Id] = _clock.GetUtcNow();
        _say($"  {_clock.GetUtcNow():HH:mm:ss}  {mailing.Id}: {mailing.Count:N0} messages accepted");
    }

    private async Task KillAsync(CancellationToken cancellationToken)
    {
        while (_census.Distinct < _scene.Messages / 3)
            await Task.Delay(Glance, cancellationToken);
        var app = _apps[^1];
        _ended = await app.CountsAsync(RelayQueues, cancellationToken);
        _apps.RemoveAt(_apps.Count - 1);
        await app.KillAsync();
        await app.DisposeAsync();
        _say($"  {_clock.GetUtcNow():HH:mm:ss}  one process is killed");
    }

    private async Task StallAsync(CancellationToken cancellationToken)
    {
        while (_census.Distinct < _scene.Messages / 3)
            await Task.Delay(Glance, cancellationToken);
        var app = _apps[^1];
        ChildProcess.Pause(app.ProcessId);
        _say($"  {_clock.GetUtcNow():HH:mm:ss}  one process stands still");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(_options.Stall), cancellationToken);
        }
        finally
        {
            ChildProcess.GoOn(app.ProcessId);
        }

        _say($"  {_clock.GetUtcNow():HH:mm:ss}  it goes on");
    }

    private async Task UntilAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        while (time - _clock.GetUtcNow() is { Ticks: > 0 } wait)
            await Task.Delay(wait, _clock, cancellationToken);
    }

    /// <summary>Until nothing more may go in the slice that is then.</summary>
    private async Task UntilFullAsync(Slice from, CancellationToken cancellationToken)
    {
        await UntilAsync(from.Start, cancellationToken);
        while (!IsFull(Slice.At(_clock.GetUtcNow())) && Slice.At(_clock.GetUtcNow()).Number < from.Number + 2)
            await Task.Delay(Glance, cancellationToken);
    }

    private bool IsFull(Slice slice) => _census.Of(_scene.Throttled).BegunIn(slice) >= _scene.Throttled.PerSlice;

    /// <summary>Until all messages have come, or none comes any more.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var (seen, moved, said) = (0, TimeProvider.System.GetTimestamp(), TimeProvider.System.GetTimestamp());
        while (_census.Distinct < _scene.Messages)
        {
            await Task.Delay(Glance, cancellationToken);
            if (_census.Distinct is var now && now > seen)
                (seen, moved) = (now, TimeProvider.System.GetTimestamp());
            else if (TimeProvider.System.GetElapsedTime(moved) > StallLimit + _clock.Real(Slice.Length))
                return;
            if (TimeProvider.System.GetElapsedTime(said) < TimeSpan.FromSeconds(5))
                continue;
            said = TimeProvider.System.GetTimestamp();
            var throttled = _census.Of(_scene.Throttled);
            _say($"  {_clock.GetUtcNow():HH:mm:ss}  {seen,9:N0} taken; throttled: {throttled.BegunIn(Slice.At(_clock.GetUtcNow()))} of {throttled.Site.PerSlice} in this slice");
            if (_apps.Find(a => a.HasExited) is { } dead)
                throw new InvalidOperationException($"A process ended by itself. {dead.LastLines}");
        }
    }

    /// <summary>What the sink took is settled soon after.</summary>
    /// <returns>By mailing: how often a message may have been sent twice, by our own count.</returns>
    private async Task<IReadOnlyDictionary<string, int>> UntilSettledAsync(CancellationToken cancellationToken)
    {
        var repeats = new Dictionary<string, int>();
        var began = TimeProvider.System.GetTimestamp();
        foreach (var mailing in _scene.Mailings)
        {
            while (true)
            {
                var answer = await _apps[0].SendAsync(HttpMethod.Get, $"api/deliveries/{mailing.Id}", null, cancellationToken);
                var summary = answer.GetProperty("summary");
                repeats[mailing.Id] = summary.GetProperty("possibleRepeats").GetInt32();
                if (summary.GetProperty("delivered").GetInt32() == mailing.Count || TimeProvider.System.GetElapsedTime(began) > StallLimit)
                    break;
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }

        return repeats;
    }
}
