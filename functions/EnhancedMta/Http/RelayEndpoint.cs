using System.Globalization;
using System.Text.Json;
using EnhancedMta.Batches;
using EnhancedMta.Deliveries;
using EnhancedMta.Ingestion;
using EnhancedMta.Ingestion.Admission;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary><c>POST deliveries/{deliveryId}/messages</c>: Campaign relays messages to us.</summary>
public sealed class RelayEndpoint(DeliveryStore deliveries, RelayAdmission admissions, RelayIntake intake, IdempotencyKeys keys, ILogger<RelayEndpoint> logger)
{
    public Task<IResult> RelayAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            if (delivery.Stopped)
                return Problems.Problem(StatusCodes.Status409Conflict, "Delivery is stopped", $"Delivery '{deliveryId}' was stopped and takes no further messages.");
            // Before its key and its body are looked at: who is refused costs nothing more, and has changed nothing.
            using var admission = await admissions.AdmitAsync(delivery.Lane, request.ContentLength, cancellationToken).ConfigureAwait(false);
            if (admission.Overload is { } overload)
                return Refused(request, delivery, overload, admission.RetryAfter);
            return request.Headers["Idempotency-Key"] is [{ } key, ..]
                ? await WithKeyAsync(request, delivery, key, cancellationToken).ConfigureAwait(false)
                : await AcceptAsync(request, request.Body, delivery, cancellationToken).ConfigureAwait(false);
        });

    private static IResult Refused(HttpRequest request, Delivery delivery, Overload overload, TimeSpan retryAfter)
    {
        request.HttpContext.Response.Headers.RetryAfter = retryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Problem(
            StatusCodes.Status429TooManyRequests, "Overloaded", OverloadWords.Detail(delivery.Lane, overload, retryAfter),
            new("lane", delivery.Lane.Word()), new("bound", OverloadWords.Of(overload.Bound)), new("unit", OverloadWords.Unit(overload.Bound)),
            new("measured", Math.Round(overload.Measured)), new("limit", Math.Round(overload.Limit)), new("retryAfter", retryAfter.TotalSeconds));
    }

    /// <summary>The first answer for a key is the answer for all that come with it (draft-ietf-httpapi-idempotency-key-header §2).</summary>
    private async Task<IResult> WithKeyAsync(HttpRequest request, Delivery delivery, string key, CancellationToken cancellationToken)
    {
        if (!IdempotencyKeys.IsValid(key))
            return Problems.Query("Idempotency-Key", "must have 1 to 200 printable ASCII characters other than space and / \\ # ? %.");
        var known = await keys.BeginAsync(delivery.Id, key, cancellationToken).ConfigureAwait(false);
        using var body = new FingerprintStream(request.Body);
        switch (known.Status)
        {
            case IdempotencyStatus.InProgress:
                request.HttpContext.Response.Headers.RetryAfter = 10.ToString(CultureInfo.InvariantCulture);
                return Problems.Problem(StatusCodes.Status409Conflict, "Request in progress", "A request with this Idempotency-Key is being worked on. Ask again when it is through.");
            case IdempotencyStatus.Answered:
                await body.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
                if (known.Fingerprint != body.Fingerprint())
                    return Problems.Problem(StatusCodes.Status422UnprocessableEntity, "Idempotency-Key was used for another request", "Its body differs from this one's. Use a new key for each request.");
                request.HttpContext.Response.Headers["Idempotent-Replay"] = "true";
                return Results.Text(known.Answer, "application/json; charset=utf-8", StatusCodes.Status202Accepted);
        }

        RelayAnswer? answer = null;
        try
        {
            var result = await AcceptAsync(request, body, delivery, cancellationToken, a => answer = a).ConfigureAwait(false);
            if (answer is not null)
            {
                await body.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
                await keys.CompleteAsync(delivery.Id, key, body.Fingerprint(), KeptAnswer(answer), CancellationToken.None).ConfigureAwait(false);
            }

            return result;
        }
        finally
        {
            // Failed or cut off: the same key may come again, and the messages' ids see to it that nothing is sent twice.
            if (answer is null)
                await keys.ForgetAsync(delivery.Id, key, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<IResult> AcceptAsync(HttpRequest request, Stream body, Delivery delivery, CancellationToken cancellationToken, Action<RelayAnswer>? complete = null)
    {
        var relay = new RelayRequest(body, request.ContentType, delivery.Id)
        {
            ContentEncoding = request.Headers.ContentEncoding,
            DefaultSender = delivery.Sender,
            MessageId = request.Query["messageId"].FirstOrDefault() ?? request.Headers["X-Message-Id"].FirstOrDefault(),
            To = request.Query["to"].FirstOrDefault() ?? request.Headers["X-Recipient"].FirstOrDefault(),
        };
        try
        {
            var answer = await intake.AcceptAsync(delivery, relay, cancellationToken).ConfigureAwait(false);
            complete?.Invoke(answer);
            return ApiJson.Answer(answer, StatusCodes.Status202Accepted);
        }
        catch (RelayIntakeException e)
        {
            if (e.Status == StatusCodes.Status503ServiceUnavailable)
                request.HttpContext.Response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
            return Problems.Problem(e.Status, e.Title, e.Message,
                new("accepted", e.Answer.Accepted), new("duplicates", e.Answer.Duplicates), new("rejected", e.Answer.Rejected), new("rejectedCount", e.Answer.RejectedCount));
        }
    }

    /// <summary>A table property holds 64 KiB: of very many rejected lines the first ones are kept.</summary>
    private static byte[] KeptAnswer(RelayAnswer answer)
    {
        var listed = answer.Rejected.Count;
        while (true)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(answer with { Rejected = [.. answer.Rejected.Take(listed)] }, ApiJson.Options);
            if (json.Length <= 60 * 1024)
                return json;
            listed /= 2;
        }
    }
}
