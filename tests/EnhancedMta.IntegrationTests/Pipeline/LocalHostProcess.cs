using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>EnhancedMta.LocalHost as a process of its own, which can be killed as no host in the test's process can.</summary>
internal sealed partial class LocalHostProcess : IAsyncDisposable
{
    private const int LinesKept = 40;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalHostProcess(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Of the API, with the route prefix.</summary>
    public Uri Address => _address.Task.Result;

    /// <summary>Its last lines of output, for people.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it on a port that the system chooses, and waits until it listens.</summary>
    /// <param name="settings">App settings under the names that environment variables have.</param>
    public static async Task<LocalHostProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        // A settings file of its own, without settings: the checkout's must not shine through.
        var folder = Directory.CreateTempSubdirectory("enhancedmta-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "local.settings.json"), "{}", TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "EnhancedMta.LocalHost.dll"), "run", "--port", "0"])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var host = new LocalHostProcess(Process.Start(start)!, folder);
        try
        {
            await host.WaitUntilListeningAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL: it gets no chance to put anything in order.</summary>
    /// <exception cref="InvalidOperationException">It had ended before, by itself.</exception>
    public async Task KillAsync()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"The host ended by itself, with exit code {_process.ExitCode}:\n{Output}");
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM, as an orchestrator sends it, and what Ctrl-C does: it may put things in order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])!)
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(StopLimit, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task WaitUntilListeningAsync()
    {
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        var ended = _process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(_address.Task, ended) == ended)
            throw new InvalidOperationException($"The host did not listen within {StartLimit.TotalSeconds:0} s:\n{Output}");
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
        if (ApiLine().Match(line) is { Success: true } api)
            _address.TrySetResult(new Uri(new Uri(api.Groups["address"].Value), "api/"));
    }

    [GeneratedRegex(@"^\s*API\s+(?<address>http://\S+)$")]
    private static partial Regex ApiLine();
}
