using System.Globalization;
using System.Text.Json;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.Benchmarks.Chaos.Hosts;

/// <summary>
/// A local host that is started again whenever it ends, as Azure's platform does, at one address. What ends it by itself is a fault of its
/// own, unless it could not start because storage was away.
/// </summary>
internal sealed class Host : IAsyncDisposable
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly string _folder;
    private readonly HostLog _log;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _port = Ports.Free();
    private readonly string _stepFile;
    private volatile ChildProcess _process;
    private volatile bool _isMeant;
    private Task _watch = Task.CompletedTask;
    private TimeSpan _down;
    private int _failedStarts;
    private int _crashes;

    private Host(string name, string folder, HostLog log)
    {
        (Name, _folder, _log) = (name, folder, log);
        _stepFile = Path.Combine(folder, "clock-step");
        Http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/")), Timeout = TimeSpan.FromSeconds(40) };
        _process = null!;
    }

    public string Name { get; }

    public HttpClient Http { get; }

    /// <summary>Starts that came to nothing, while storage was away.</summary>
    public int FailedStarts => _failedStarts;

    /// <summary>Times that it ended by itself while it ran.</summary>
    public int Crashes => _crashes;

    public int OwnFaults => _log.OwnFaults;

    public bool IsRunning => _log.IsRunning;

    /// <summary>Its last lines.</summary>
    public string LastLines => _process.LastLines;

    /// <param name="name">Of the process, for people.</param>
    /// <param name="folder">For its settings.</param>
    /// <param name="logs">For what it says.</param>
    /// <param name="settings">App settings.</param>
    /// <param name="key">The master key.</param>
    public static async Task<Host> StartAsync(string name, string folder, string logs, IReadOnlyDictionary<string, string> settings, string key)
    {
        var host = new Host(name, Directory.CreateDirectory(Path.Combine(folder, name)).FullName, new HostLog(Path.Combine(logs, $"{name}.log")));
        host.Http.DefaultRequestHeaders.Add(FunctionKeys.Header, key);
        var values = new Dictionary<string, string>(settings) { ["LocalHost__Clock__StepFile"] = host._stepFile };
        await File.WriteAllTextAsync(Path.Combine(host._folder, "local.settings.json"), JsonSerializer.Serialize(new { IsEncrypted = false, Values = values }));
        host._process = host.Launch();
        host._watch = Task.Run(host.WatchAsync);
        return host;
    }

    /// <summary>SIGKILL; started again after <paramref name="down"/>.</summary>
    public Task KillAsync(TimeSpan down) => EndAsync(down, process => process.KillAsync());

    /// <summary>SIGTERM, as for a deployment: it may finish what it has begun.</summary>
    public Task StopAsync(TimeSpan down) => EndAsync(down, process => process.StopAsync());

    /// <summary>It stands still for a while.</summary>
    public async Task StallAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            var process = _process;
            ChildProcess.Pause(process.Id);
            await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ChildProcess.GoOn(process.Id);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Sets its clock so far off, in time of the clock.</summary>
    public async Task StepClockAsync(TimeSpan step)
    {
        // In one step: it may be read at any moment.
        await File.WriteAllTextAsync(_stepFile + "~", step.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        File.Move(_stepFile + "~", _stepFile, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            await _stopping.CancelAsync();
            await _process.StopAsync();
        }
        finally
        {
            _one.Release();
        }

        await _watch;
        await _process.DisposeAsync();
        Http.Dispose();
        await _log.DisposeAsync();
        _stopping.Dispose();
        _one.Dispose();
    }

    private ChildProcess Launch()
    {
        _log.IsRunning = false;
        _log.WriteLine($"---- started at {TimeProvider.System.GetUtcNow():HH:mm:ss.fff}");
        return ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "EnhancedMta.LocalHost.dll"), "run", "--port", _port.ToString(CultureInfo.InvariantCulture)], _folder, _log);
    }

    private async Task EndAsync(TimeSpan down, Func<ChildProcess, Task> end)
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            (_isMeant, _down) = (true, down);
            _log.IsRunning = false;
            _log.WriteLine($"---- ended at {TimeProvider.System.GetUtcNow():HH:mm:ss.fff}");
            await end(_process);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            await _process.WaitUntilEndedAsync(CancellationToken.None);
            if (_stopping.IsCancellationRequested)
                return;
            if (!_isMeant && _log.IsRunning)
                Interlocked.Increment(ref _crashes);
            else if (!_isMeant)
                Interlocked.Increment(ref _failedStarts);
            await Task.Delay(_isMeant ? _down : RestartPause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _one.WaitAsync(CancellationToken.None);
            try
            {
                if (_stopping.IsCancellationRequested)
                    return;
                var before = _process;
                _isMeant = false;
                _process = Launch();
                await before.DisposeAsync();
            }
            finally
            {
                _one.Release();
            }
        }
    }
}
