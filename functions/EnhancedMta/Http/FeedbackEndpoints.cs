using System.Globalization;
using System.Text.Json;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Feedback.Push;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Pulling feedback, and looking after what it is pushed to.</summary>
public sealed class FeedbackEndpoints(FeedReader reader, DeliveryStore deliveries, EndpointReports reports, PushSchedule pushes, ILogger<FeedbackEndpoints> logger)
{
    /// <summary>Where to go on, for answers whose body has no room for it.</summary>
    public const string CursorHeader = "EnhancedMta-Cursor";

    private const string Ndjson = "application/x-ndjson";
    private const int UsualLimit = 500;

    // Clocks of instances differ a little: an event may bear a time from after it became readable.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary><c>GET feedback</c></summary>
    public Task<IResult> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!Paging.TryRead(request, UsualLimit, out var paging, out var problem))
                return problem;
            var deliveryId = request.Query["delivery"] is [{ Length: > 0 } id] ? id : null;
            if (deliveryId is not null && (!DeliveryId.IsValid(deliveryId) || await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is null))
                return Problems.UnknownDelivery(deliveryId);
            var (after, fault) = await BeginningAsync(request, cancellationToken).ConfigureAwait(false);
            if (fault is not null)
                return fault;
            var slice = await reader.ReadAsync(after, paging.Limit, deliveryId, cancellationToken).ConfigureAwait(false);
            var cursor = FeedCursor.Encode(slice.Last);
            request.HttpContext.Response.Headers[CursorHeader] = cursor;
            return WantsNdjson(request)
                ? Results.Bytes(Lines(slice), Ndjson)
                : ApiJson.Answer(new { Events = slice.Events.Select(e => e.Event), Cursor = cursor, More = slice.HasMore });
        });

    /// <summary><c>GET feedback/endpoints</c></summary>
    public Task<IResult> EndpointsAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () => ApiJson.Answer(new { Endpoints = await reports.ListAsync(cancellationToken).ConfigureAwait(false) }));

    /// <summary><c>POST feedback/endpoints/{endpoint}/retry</c></summary>
    public Task<IResult> RetryAsync(HttpRequest request, string endpoint, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
            SendingLog.LogKeys.CanBeKey(endpoint) && await pushes.RetryAsync(endpoint, cancellationToken).ConfigureAwait(false)
                ? ApiJson.Answer(new { Endpoint = endpoint, Detail = "It is tried at once." }, StatusCodes.Status202Accepted)
                : Problems.Problem(StatusCodes.Status404NotFound, "Unknown endpoint", $"Nothing was ever pushed to an endpoint '{endpoint}'. GET /api/feedback/endpoints lists them."));

    /// <summary>A cursor, a time, or the oldest event that is kept.</summary>
    private async Task<(FeedEventId After, IResult? Fault)> BeginningAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var cursor = request.Query["cursor"] is [{ Length: > 0 } c] ? c : null;
        var since = request.Query["since"] is [{ Length: > 0 } s] ? s : null;
        if (cursor is not null && since is not null)
            return (default, Problems.Query("since", "cannot be given together with a cursor: a cursor says where to go on, a time where to begin."));
        if (since is not null)
        {
            return DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1
                ? (await reader.SinceAsync(time - Skew, cancellationToken).ConfigureAwait(false), null)
                : (default, Problems.Query("since", "must be a time such as 2026-12-01T08:00:00Z."));
        }

        var oldest = FeedEventId.EndOf(await reader.OldestAsync(cancellationToken).ConfigureAwait(false) - 1);
        if (cursor is null)
            return (oldest, null);
        if (!FeedCursor.TryDecode(cursor, out var after))
            return (default, Problems.Query("cursor", "is not one that this feed gave; leave it out to begin with the oldest event that is kept."));
        // What lies between is gone: better an error than a gap that nobody notices.
        return after < oldest
            ? (default, Problems.Problem(StatusCodes.Status410Gone, "Cursor too old", "Events after this cursor were purged. Leave the cursor out to begin with the oldest event that is kept; the sending log has the state of every message that is kept."))
            : (after, null);
    }

    private static bool WantsNdjson(HttpRequest request) =>
        request.Query["format"] is ["ndjson"] || request.GetTypedHeaders().Accept.Any(a => string.Equals(a.MediaType.Value, Ndjson, StringComparison.OrdinalIgnoreCase));

    private static byte[] Lines(FeedSlice slice)
    {
        using var lines = new MemoryStream();
        foreach (var (_, happened) in slice.Events)
        {
            JsonSerializer.Serialize(lines, happened, ApiJson.Options);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }
}
