using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace EnhancedMta.LocalHost.Clocks;

/// <summary>
/// Sets the clock of a running process, as an administrator or a time server may: the setting LocalHost__Clock__StepFile names a file that
/// holds how many seconds of the clock it is to be off, and is looked at several times a second. For tests.
/// </summary>
internal sealed class ClockSteps(FastClock clock, string file) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private Timer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        _timer = new Timer(_ => Look(), null, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        try
        {
            if (double.TryParse(File.ReadAllText(file), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
                clock.Step = TimeSpan.FromSeconds(seconds);
        }
        catch (IOException)
        {
            // Not there yet, or just being written.
        }
    }
}
