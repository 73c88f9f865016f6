using System.Globalization;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>Looks at all that should not grow.</summary>
internal sealed class SoakProbe(SoakScene scene, SoakTraffic traffic) : IDisposable
{
    private readonly StorageAccount _storage = new(new StorageAccountOptions { ConnectionString = scene.Azurite.ConnectionString });
    private readonly HttpClient _http = new() { BaseAddress = scene.App.Address };

    public async Task<SoakSample> LookAsync(TimeSpan since, CancellationToken cancellationToken)
    {
        // The process as it is, before it is made to collect.
        var state = ProcessState.Of(scene.App.ProcessId);
        var heap = (await scene.App.SendAsync(HttpMethod.Post, "admin/host/collect", null, cancellationToken)).GetProperty("heapBytes").GetInt64();
        var schedule = await KeysAsync(_storage.Schedule, null, cancellationToken);
        var paths = await KeysAsync(_storage.Paths, null, cancellationToken);
        var feed = await KeysAsync(_storage.Feed, "RowKey ge 'm~' and RowKey lt 'n'", cancellationToken);
        var batches = await KeysAsync(_storage.Log, $"RowKey ge '{LogKeys.BatchPrefix}' and RowKey lt 'c'", cancellationToken);
        var incidents = await KeysAsync(_storage.Incidents, null, cancellationToken);
        return new SoakSample
        {
            Minute = since.TotalMinutes,
            Accepted = traffic.Accepted,
            Delivered = scene.Sink.Ledger.Personas.Values.Sum(p => (long)p.Accepted),
            ResidentMB = state.ResidentMB,
            HeapMB = heap / 1024.0 / 1024,
            Handles = state.Handles,
            Sockets = state.Sockets,
            Threads = state.Threads,
            SmtpConnections = await SmtpConnectionsAsync(cancellationToken),
            TemporaryFiles = Directory.EnumerateFiles(scene.Temporary, "*", SearchOption.AllDirectories).Count(),
            LogOctets = scene.Log.Octets,
            StorageMB = ProcessState.Of(scene.Azurite.ProcessId).ResidentMB,
            Scheduled = schedule.Count(k => k.Partition.StartsWith("retry~", StringComparison.Ordinal)),
            Guards = schedule.Count(k => k.Partition.StartsWith("guard~", StringComparison.Ordinal)),
            OpenBatches = batches.Count,
            PathRows = paths.Count(k => !k.Row.StartsWith("m~", StringComparison.Ordinal)),
            FeedMarks = feed.Count,
            Queued = await DepthAsync(Lane.Marketing, cancellationToken) + await DepthAsync(Lane.Transactional, cancellationToken),
            Incidents = incidents.Count,
        };
    }

    public void Dispose() => _http.Dispose();

    private static async Task<List<(string Partition, string Row)>> KeysAsync(TableClient table, string? filter, CancellationToken cancellationToken)
    {
        var keys = new List<(string, string)>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
            keys.Add((row.PartitionKey, row.RowKey));
        return keys;
    }

    private async Task<int> DepthAsync(Lane lane, CancellationToken cancellationToken) =>
        (await _storage.Relay(lane).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;

    /// <summary>From what Prometheus would read.</summary>
    private async Task<int> SmtpConnectionsAsync(CancellationToken cancellationToken)
    {
        var metrics = await _http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
        return metrics.Split('\n')
            .Where(line => line.StartsWith("enhancedmta_smtp_connections", StringComparison.Ordinal) && line.Contains('{', StringComparison.Ordinal))
            .Sum(line => (int)double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
