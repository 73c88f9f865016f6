using System.Diagnostics.Metrics;
using System.Globalization;
using EnhancedMta.Egresses;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Hosting;

namespace EnhancedMta.Telemetry;

/// <summary>What this process can tell of itself at any time: its connections, and which egresses it finds ill.</summary>
internal sealed class ProcessGauges : IHostedService, IDisposable
{
    // Of its own, so that it ends with its host: a test's process has several.
    private readonly Meter _meter = new(Instruments.Name);

    public ProcessGauges(SmtpPool pool, IReadOnlyList<Egress> egresses, EgressHealth health)
    {
        _meter.CreateObservableGauge<long>(
            "enhancedmta.smtp.connections",
            () =>
            {
                var idle = pool.IdleConnections;
                return [new(Math.Max(0, pool.OpenConnections - idle), new KeyValuePair<string, object?>("state", "busy")), new(idle, new KeyValuePair<string, object?>("state", "idle"))];
            },
            "{connection}", "Connections of this process, by state.");
        _meter.CreateObservableGauge<long>(
            "enhancedmta.egresses.down",
            () => egresses.Select(e => new Measurement<long>(health.Find(e) is null ? 0 : 1, new KeyValuePair<string, object?>("egress", e.PublicId.ToString(CultureInfo.InvariantCulture)))),
            "{egress}", "1 for an egress that this process has set aside as ill.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();
}
