using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>
/// Remembers a timer's last and next run in a blob, whose lease decides which host runs it:
/// azure-webjobs-hosts/timers/{host id}/{function}/status, the Functions host's own place.
/// </summary>
internal sealed class ScheduleMonitor(BlobClient blob)
{
    public const string Container = "azure-webjobs-hosts";

    // A host that dies in a run leaves the lease; it must not block the others for long. 15 s is storage's shortest.
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    // Hosts' clocks differ by less. A last run further ahead comes from another clock, a test's for example.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    public async Task<ScheduleStatus?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToObjectFromJson<ScheduleStatus>();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Writes a first status unless another host was quicker.</summary>
    public async Task CreateAsync(ScheduleStatus status, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(status, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
        }
    }

    /// <summary>The right to run what was due at that time; null when another host runs the timer now, or ran it already.</summary>
    public async Task<TimerTurn?> TryEnterAsync(DateTime due, DateTime now, CancellationToken cancellationToken)
    {
        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(LeaseTime, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return null;
        }
        var turn = new TimerTurn(lease, LeaseTime);
        try
        {
            var status = await ReadAsync(cancellationToken);
            if (status is null || status.Last < due || status.Last > now + ClockSkew) return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
        await turn.DisposeAsync();
        return null;
    }

    public Task WriteAsync(ScheduleStatus status, TimerTurn turn, CancellationToken cancellationToken) =>
        WriteAsync(status, new BlobRequestConditions { LeaseId = turn.LeaseId }, cancellationToken);

    private Task<Response<BlobContentInfo>> WriteAsync(ScheduleStatus status, BlobRequestConditions conditions, CancellationToken cancellationToken) =>
        blob.UploadAsync(new BinaryData(JsonSerializer.SerializeToUtf8Bytes(status)), new BlobUploadOptions { Conditions = conditions }, cancellationToken);
}
