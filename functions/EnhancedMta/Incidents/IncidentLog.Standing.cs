using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Addresses;

namespace EnhancedMta.Incidents;

// Faults that last. However many messages and processes meet one, it is one incident, and one more for each day that it lasts.
public sealed partial class IncidentLog : IDisposable
{
    private const string StandingPartition = "standing";

    private static readonly TimeSpan Reminder = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(string Kind, string Subject), (string Detail, DateTimeOffset Raised)> _standing = new();
    private readonly SemaphoreSlim _raising = new(1);

    /// <summary>Notes a fault that lasts, unless it is noted already, by this process or another.</summary>
    /// <param name="kind">A short name, the same for all of its kind.</param>
    /// <param name="subject">What it is about; there is one standing fault for it at a time.</param>
    /// <param name="detail">What is wrong and what to do; the same words while it is the same fault.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task RaiseStandingAsync(string kind, string subject, string detail, CancellationToken cancellationToken)
    {
        detail = AddressMask.Of(detail);
        if (IsFresh(kind, subject, detail))
            return;
        await _raising.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsFresh(kind, subject, detail))
                return;
            // The row says since when; the incident's key follows from it, so that whoever dies in between or comes second adds the same one.
            var since = await SinceAsync(kind, subject, detail, cancellationToken).ConfigureAwait(false);
            if (await AddAsync(kind, subject, detail, since, Hash($"{kind}\n{subject}\n{detail}"), cancellationToken).ConfigureAwait(false))
            {
                LogIncident(kind, subject, detail);
                IncidentMetrics.Count(kind);
            }

            if (_standing.Count > 1_000)
                _standing.Clear();
            _standing[(kind, subject)] = (detail, clock.GetUtcNow());
        }
        finally
        {
            _raising.Release();
        }
    }

    /// <summary>The standing faults of kinds that begin alike.</summary>
    public async Task<IReadOnlyList<(string Kind, string Subject)>> StandingAsync(string kindPrefix, CancellationToken cancellationToken)
    {
        var standing = new List<(string, string)>();
        // '~' comes after all that names have.
        var query = $"PartitionKey eq '{StandingPartition}' and RowKey ge '{kindPrefix}' and RowKey lt '{kindPrefix}~'";
        await foreach (var row in table.QueryAsync<TableEntity>(query, cancellationToken: cancellationToken).ConfigureAwait(false))
            standing.Add((row.GetString(nameof(Incident.Kind)), row.GetString(nameof(Incident.Subject))));
        return standing;
    }

    /// <summary>The fault is over: should it come again, it is a new one.</summary>
    public async Task EndStandingAsync(string kind, string subject, CancellationToken cancellationToken)
    {
        _standing.TryRemove((kind, subject), out _);
        await table.DeleteEntityAsync(StandingPartition, StandingKey(kind, subject), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _raising.Dispose();

    private bool IsFresh(string kind, string subject, string detail) =>
        _standing.TryGetValue((kind, subject), out var known) && known.Detail == detail && clock.GetUtcNow() - known.Raised < Quiet;

    private async Task<DateTimeOffset> SinceAsync(string kind, string subject, string detail, CancellationToken cancellationToken)
    {
        while (true)
        {
            // In whole seconds: the key follows from what the row gives back.
            var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
            var known = await table.GetEntityIfExistsAsync<TableEntity>(StandingPartition, StandingKey(kind, subject), null, cancellationToken).ConfigureAwait(false);
            if (known.HasValue && known.Value!.GetString(nameof(Incident.Detail)) == detail && known.Value.GetDateTimeOffset(nameof(Incident.Time)) is { } since && now - since < Reminder)
                return since;
            var row = new TableEntity(StandingPartition, StandingKey(kind, subject))
            {
                [nameof(Incident.Kind)] = kind,
                [nameof(Incident.Subject)] = subject,
                [nameof(Incident.Detail)] = detail,
                [nameof(Incident.Time)] = now,
            };
            try
            {
                if (known.HasValue)
                    await table.UpdateEntityAsync(row, known.Value!.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                else
                    await table.AddEntityAsync(row, cancellationToken).ConfigureAwait(false);
                return now;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                // Somebody else raised or ended it meanwhile: look again.
            }
        }
    }

    private static string StandingKey(string kind, string subject) => $"{kind}~{Hash(subject)}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
