using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Addresses;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Incidents;

/// <summary>What somebody should look at. Kept newest first, so that the last ones are the first read.</summary>
public sealed partial class IncidentLog(TableClient table, TimeProvider clock, ILogger<IncidentLog> logger)
{
    private const string Partition = "incident";

    // A broken key stops each message of a delivery; one row tells it as well as ten thousand.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Kind, string Subject, string Detail), DateTimeOffset> _raised = new();

    /// <summary>Notes it, unless this process noted the same within the last minutes.</summary>
    /// <param name="kind">A short name, the same for all of its kind: <c>poison</c>, <c>content-lost</c>, <c>dkim-key</c>.</param>
    /// <param name="subject">What it is about: a queue, a pack, a domain.</param>
    /// <param name="detail">What happened, and what to do.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task RaiseAsync(string kind, string subject, string detail, CancellationToken cancellationToken)
    {
        // It may quote a server, or what somebody sent us.
        (subject, detail) = (AddressMask.Of(subject), AddressMask.Of(detail));
        var now = clock.GetUtcNow();
        var incident = (kind, subject, detail);
        if (_raised.TryGetValue(incident, out var last) && now - last < Quiet)
            return;
        if (_raised.Count > 1_000)
            _raised.Clear();
        _raised[incident] = now;
        LogIncident(kind, subject, detail);
        IncidentMetrics.Count(kind);
        try
        {
            await AddAsync(kind, subject, detail, now, $"{Guid.NewGuid():N}", cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // It stands nowhere yet: whoever raises it again is not to be told that it does.
            _raised.TryRemove(incident, out _);
            throw;
        }
    }

    public async Task<IReadOnlyList<Incident>> LatestAsync(int limit, CancellationToken cancellationToken)
    {
        var incidents = new List<Incident>(limit);
        await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{Partition}'", limit, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            incidents.Add(new Incident(
                row.GetDateTimeOffset(nameof(Incident.Time)) ?? default,
                row.GetString(nameof(Incident.Kind)) ?? "",
                row.GetString(nameof(Incident.Subject)) ?? "",
                row.GetString(nameof(Incident.Detail)) ?? ""));
            if (incidents.Count == limit)
                break;
        }

        return incidents;
    }

    /// <summary>Incidents of before, and standing faults that nobody has raised since: those that last are raised again each day.</summary>
    internal static string FilterBefore(DateTimeOffset time) =>
        $"(PartitionKey eq '{Partition}' and RowKey gt '{Key(time)}') or (PartitionKey eq '{StandingPartition}' and {TableClient.CreateQueryFilter($"Time lt {time}")})";

    private static string Key(DateTimeOffset time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks:D19}");

    /// <returns>False when it is there already.</returns>
    private async Task<bool> AddAsync(string kind, string subject, string detail, DateTimeOffset time, string suffix, CancellationToken cancellationToken)
    {
        var key = $"{Key(time)}-{suffix}";
        var row = new TableEntity(Partition, key)
        {
            [nameof(Incident.Kind)] = kind,
            [nameof(Incident.Subject)] = subject,
            [nameof(Incident.Detail)] = detail,
            [nameof(Incident.Time)] = time,
        };
        try
        {
            await table.AddEntityAsync(row, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Incident {Kind} on {Subject}: {Detail}")]
    private partial void LogIncident(string kind, string subject, string detail);
}

public sealed record Incident(DateTimeOffset Time, string Kind, string Subject, string Detail);
