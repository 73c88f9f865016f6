using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EnhancedMta.Benchmarks.Processes;

/// <summary>A program started here, with its last words for when it fails. Ended by SIGTERM, and by force if that does not do.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private readonly TextWriter? _log;

    private ChildProcess(Process process, TextWriter? log)
    {
        (_process, _log) = (process, log);
        Id = process.Id;
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    public string LastLines
    {
        get
        {
            lock (_lastLines) return string.Join('\n', _lastLines);
        }
    }

    /// <exception cref="InvalidOperationException">The program cannot be started.</exception>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string folder, TextWriter? log = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var child = new ChildProcess(Process.Start(start)!, log);
            child._process.StandardInput.Close();
            child._process.OutputDataReceived += (_, line) => child.Keep(line.Data);
            child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
            child._process.BeginOutputReadLine();
            child._process.BeginErrorReadLine();
            return child;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"Cannot start {program}: {e.Message}", e);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its last words.</returns>
    /// <exception cref="InvalidOperationException">It did not end well; the message has its last words.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken)
    {
        await using var child = Start(program, arguments, folder);
        await child._process.WaitForExitAsync(cancellationToken);
        if (child._process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed (exit code {child._process.ExitCode}). {child.LastLines}");
        return child.LastLines;
    }

    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public void ThrowIfExited()
    {
        if (HasExited)
            throw new InvalidOperationException($"{_process.StartInfo.FileName} ended early (exit code {_process.ExitCode}). {LastLines}");
    }

    /// <summary>Until it has ended, however that comes about.</summary>
    public Task WaitUntilEndedAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>SIGSTOP: it stands still in the middle of whatever it does.</summary>
    public static void Pause(int processId) => _ = SendSignal(processId, SigStop);

    /// <summary>SIGCONT: it goes on, and does not know that time has passed.</summary>
    public static void GoOn(int processId) => _ = SendSignal(processId, SigCont);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        if (HasExited)
            return;
        _ = SendSignal(Id, SigTerm);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lastLines)
        {
            _log?.WriteLine(line);
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
                _lastLines.Dequeue();
        }
    }

    // .NET can only kill.
    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}
