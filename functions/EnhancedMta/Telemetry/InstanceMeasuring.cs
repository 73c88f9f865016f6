using Azure;
using Azure.Storage.Queues;
using EnhancedMta.Dkim;
using EnhancedMta.Feedback.Push;
using EnhancedMta.Incidents;
using EnhancedMta.Paths;
using EnhancedMta.Storage;

namespace EnhancedMta.Telemetry;

/// <summary>Measures what no single process knows, each minute, with about a dozen requests: two a queue, one for each thousand paths, two for each delivery that feedback is behind with.</summary>
public sealed class InstanceMeasuring
{
    private readonly StorageAccount _storage;
    private readonly PathTable _paths;
    private readonly IncidentLog _incidents;
    private readonly EndpointReports _endpoints;
    private readonly InstanceGauges _gauges;
    private readonly TimeProvider _clock;

    internal InstanceMeasuring(StorageAccount storage, PathTable paths, IncidentLog incidents, EndpointReports endpoints, InstanceGauges gauges, TimeProvider clock) =>
        (_storage, _paths, _incidents, _endpoints, _gauges, _clock) = (storage, paths, incidents, endpoints, gauges, clock);

    /// <exception cref="RequestFailedException">Storage failed; the next minute tries again.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var queues = new List<QueueState>();
        foreach (var queue in _storage.AllQueues())
        {
            if (await MeasureAsync(queue, cancellationToken).ConfigureAwait(false) is { } state)
                queues.Add(state);
        }

        var now = _clock.GetUtcNow();
        var paths = await _paths.ModesAsync(now, cancellationToken).ConfigureAwait(false);
        var missing = await _incidents.StandingAsync(DkimIncidents.MailWaits, cancellationToken).ConfigureAwait(false);
        var endpoints = await _endpoints.ListAsync(cancellationToken).ConfigureAwait(false);
        var lag = TimeSpan.FromSeconds(endpoints.Select(e => e.LagSeconds).DefaultIfEmpty().Max());
        _gauges.Set(new InstanceState(now, queues, paths, missing.Count(m => m.Kind == DkimIncidents.MailWaits), lag));
    }

    private async Task<QueueState?> MeasureAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await queue.GetPropertiesAsync(cancellationToken).ConfigureAwait(false);
            var head = properties.Value.ApproximateMessagesCount == 0 ? null : (await queue.PeekMessageAsync(cancellationToken).ConfigureAwait(false)).Value;
            var age = head?.InsertedOn is { } inserted ? _clock.GetUtcNow() - inserted : TimeSpan.Zero;
            return new QueueState(queue.Name, properties.Value.ApproximateMessagesCount, age < TimeSpan.Zero ? TimeSpan.Zero : age);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // The host makes a poison queue when it needs one.
            return null;
        }
    }
}
