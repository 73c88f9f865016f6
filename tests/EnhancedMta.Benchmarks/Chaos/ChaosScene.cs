using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EnhancedMta.Benchmarks.Chaos.DnsFaults;
using EnhancedMta.Benchmarks.Chaos.FeedbackFaults;
using EnhancedMta.Benchmarks.Chaos.Hosts;
using EnhancedMta.Benchmarks.Chaos.Load;
using EnhancedMta.Benchmarks.Chaos.SmtpFaults;
using EnhancedMta.Benchmarks.Chaos.StorageFaults;
using EnhancedMta.LocalHost.Clocks;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>All that runs: processes, their storage, recipients' servers and the DNS, with what spoils the ways between them.</summary>
internal sealed class ChaosScene : IAsyncDisposable
{
    /// <summary>Seconds of the clock in a real one: retries take minutes and hours.</summary>
    public const double Speed = 60;

    /// <summary>How long, in real time, a process may be silent before others take it for dead.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(8);

    private readonly List<Host> _hosts = [];
    private readonly List<SmtpProxy> _doors = [];
    private readonly StorageProxy _door;
    private readonly FastClock _clock;

    private ChaosScene(ChaosWeather weather, FastClock clock, StorageProxy door, TroubledAzurite azurite, FeedbackReceiver feedback, SmtpSinkServer sink)
    {
        (Weather, _clock, _door, Azurite, Feedback, Sink) = (weather, clock, door, azurite, feedback, sink);
        Dns = new TroubledDns(weather.Tally);
    }

    public ChaosWeather Weather { get; }

    public FaultTally Tally => Weather.Tally;

    public TroubledAzurite Azurite { get; }

    /// <summary>Where Campaign takes its feedback.</summary>
    public FeedbackReceiver Feedback { get; }

    public TroubledDns Dns { get; }

    public SmtpSinkServer Sink { get; }

    public IReadOnlyList<Host> Hosts => _hosts;

    public static async Task<ChaosScene> StartAsync(ChaosOptions options, string folder, string logs, Action<string> say, CancellationToken cancellationToken)
    {
        var weather = new ChaosWeather(options.Seed);
        var clock = new FastClock(TimeProvider.System.GetUtcNow(), Speed);
        var sink = await SmtpSinkServer.StartAsync(new() { Personas = [.. RecipientSite.All.Select(site => site.Persona)], Clock = clock }, cancellationToken);
        var feedback = await FeedbackReceiver.StartAsync(weather.Feedback, weather.Tally, cancellationToken);
        var door = await StorageProxy.StartAsync(weather.Storage, weather.Tally, options.Seed, cancellationToken);
        var azurite = await TroubledAzurite.StartAsync(door, Path.Combine(folder, "azurite"), DiskMegabytes(options), say, cancellationToken);
        var scene = new ChaosScene(weather, clock, door, azurite, feedback, sink);
        try
        {
            await scene.StartHostsAsync(options, folder, logs, cancellationToken);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public async Task CalmAsync()
    {
        Weather.Calm();
        Dns.Trouble = null;
        await PassAsync(TimeSpan.Zero);
    }

    /// <summary>Sets all clocks forward, so that nobody need wait for hours.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        _clock.Step += time;
        await Task.WhenAll(Hosts.Select(host => host.StepClockAsync(_clock.Step)));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_hosts.Select(host => host.DisposeAsync().AsTask()));
            await Task.WhenAll(_doors.Select(door => door.DisposeAsync().AsTask()));
            Dns.Dispose();
            await _door.DisposeAsync();
        }
        finally
        {
            // Whatever became of the others: it holds a mounted file system.
            await Azurite.DisposeAsync();
        }

        await Feedback.DisposeAsync();
        await Sink.DisposeAsync();
    }

    // The data of a run, once more while its files are replaced.
    private static int DiskMegabytes(ChaosOptions options) => 128 + (int)(options.Minutes * options.Rate);

    private async Task StartHostsAsync(ChaosOptions options, string folder, string logs, CancellationToken cancellationToken)
    {
        var rules = Path.Combine(folder, "mx-rules.json");
        await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new { rules = RecipientSite.All.Select(site => site.Rule) }), cancellationToken);
        var key = RandomNumberGenerator.GetHexString(32);
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = _door.Through(Azurite.ConnectionString),
            ["RetrySchedule"] = "0 * * * * *",
            ["SweepSchedule"] = "30 */2 * * * *",
            ["LocalHost__FunctionKey"] = RandomNumberGenerator.GetHexString(32),
            // It opens the functions too.
            ["LocalHost__MasterKey"] = key,
            ["LocalHost__Clock__Speed"] = Speed.ToString(CultureInfo.InvariantCulture),
            ["LocalHost__Clock__Origin"] = _clock.Origin.ToString("O", CultureInfo.InvariantCulture),
            ["EnhancedMta__HeloHost"] = "mta.sender.test",
            ["EnhancedMta__ReturnPathDomain"] = "bounces.sender.test",
            ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta__Dkim__Unsigned__0"] = "*",
            ["EnhancedMta__MxRulesFile"] = rules,
            ["EnhancedMta__Feedback__Url"] = Feedback.Url,
            ["EnhancedMta__Feedback__TrustedHosts__0"] = new Uri(Feedback.Url).Host,
            ["EnhancedMta__Feedback__Keys__0__Id"] = "chaos",
            ["EnhancedMta__Feedback__Keys__0__Secret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta__NameServers__0"] = Dns.EndPoint.ToString(),
            ["EnhancedMta__Batches__RunTime"] = "00:00:20",
            // Of the clock's time; but how long a process may be silent is a matter of the machine.
            ["EnhancedMta__Batches__ClaimLifetime"] = (Lifetime * Speed).ToString("c", CultureInfo.InvariantCulture),
        };
        foreach (var site in RecipientSite.All)
        {
            var proxy = new SmtpProxy(site.Name, site.Address, Sink.EndPointOf(site.Domain), Weather.Smtp, Tally);
            _doors.Add(proxy);
            Dns.Add(site.Host, site.Address);
            settings[$"EnhancedMta__Routes__{site.Domain}"] = string.Create(CultureInfo.InvariantCulture, $"{site.Host}:{proxy.EndPoint.Port}");
        }

        for (var number = 1; number <= options.Processes; number++)
            _hosts.Add(await Host.StartAsync($"process-{number}", folder, logs, settings, key));
        await Running.WaitAsync(_hosts, cancellationToken);
    }
}
