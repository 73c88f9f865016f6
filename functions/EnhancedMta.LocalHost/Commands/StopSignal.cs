using System.Runtime.InteropServices;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>Ctrl-C and SIGTERM as a token. The second one ends the process at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal() => _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];

    public CancellationToken Token => _stop.Token;

    /// <summary>Until the first signal.</summary>
    public Task WaitAsync() => Task.WhenAny(Task.Delay(Timeout.Infinite, _stop.Token));

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
