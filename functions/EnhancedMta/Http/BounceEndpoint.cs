using System.Globalization;
using EnhancedMta.Addresses;
using EnhancedMta.Bounces;
using EnhancedMta.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary><c>POST bounces/{source}</c>: what came back later. Accepted at once, worked on from the queue.</summary>
public sealed partial class BounceEndpoint(BounceIntake intake, WebhookReceiver webhooks, ILogger<BounceEndpoint> logger)
{
    public Task<IResult> AcceptAsync(HttpRequest request, string source, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, () => source is "dsn" or "arf" ? AcceptMailAsync(request, cancellationToken) : AcceptEventsAsync(request, source, cancellationToken));

    // The two are one: what a mail is shows when it is read, and mailboxes for both get all sorts of mail.
    private async Task<IResult> AcceptMailAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        switch (request.ContentType?.Split(';')[0].Trim().ToLowerInvariant())
        {
            case "message/rfc822" or "message/global":
                var recipient = request.Query["recipient"].FirstOrDefault() ?? request.Headers["X-Envelope-To"].FirstOrDefault();
                var id = await intake.AcceptMailAsync(request.Body, recipient, cancellationToken).ConfigureAwait(false);
                return id is null
                    ? Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Bounce mail too large", $"A bounce mail has at most {BounceIntake.MaxLength} octets; cut off the returned content.")
                    : ApiJson.Answer(new { Id = id }, StatusCodes.Status202Accepted);
            case "application/mbox":
                try
                {
                    var ids = await intake.AcceptMailboxAsync(request.Body, cancellationToken).ConfigureAwait(false);
                    return ids is null
                        ? Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Mailbox file too large", string.Create(CultureInfo.InvariantCulture, $"A mailbox file has at most {BounceIntake.MaxLength} octets and {BounceIntake.MaxMails} mails; send it in parts."))
                        : ApiJson.Answer(new { Ids = ids }, StatusCodes.Status202Accepted);
                }
                catch (FormatException e)
                {
                    return Problems.Problem(StatusCodes.Status400BadRequest, "No mailbox file", e.Message);
                }
            default:
                return Problems.Problem(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send the whole mail as it arrived, with Content-Type: message/rfc822; or several as application/mbox (RFC 4155).");
        }
    }

    private async Task<IResult> AcceptEventsAsync(HttpRequest request, string source, CancellationToken cancellationToken)
    {
        WebhookResult result;
        if (HttpMethods.IsOptions(request.Method))
        {
            result = webhooks.Handshake(source, new WebhookRequest(request.Headers, request.Query, default));
        }
        else
        {
            if (await SmallBody.ReadAsync(request, WebhookReceiver.MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Too many events", $"A request has at most {WebhookReceiver.MaxLength} octets.");
            result = await webhooks.ReceiveAsync(source, new WebhookRequest(request.Headers, request.Query, body), cancellationToken).ConfigureAwait(false);
        }

        switch (result)
        {
            case WebhookResult.Read(var reading):
                // Durable before the answer: what a provider was told 200 for it never sends again.
                await intake.AcceptReportsAsync(reading.Reports, cancellationToken).ConfigureAwait(false);
                foreach (var (kind, count) in reading.Ignored)
                    BounceMetrics.CountIgnored(source, kind, count);
                if (reading.Faults.Count > 0)
                    LogFaults(source, reading.Faults.Count, AddressMask.Of(string.Join("; ", reading.Faults.Take(3))));
                return reading.Answer is { } answer
                    ? Results.Text(answer, "application/json")
                    : ApiJson.Answer(new { Accepted = reading.Reports.Count, reading.Ignored, reading.Faults });
            case WebhookResult.AllowedOrigin(var origin):
                request.HttpContext.Response.Headers["WebHook-Allowed-Origin"] = origin;
                return Results.Ok();
            case WebhookResult.NotConfigured(var setting):
                return Problems.Problem(StatusCodes.Status404NotFound, "Bounce source not set up", $"Set {setting} to take events from '{source}'.");
            case WebhookResult.Unauthorized(var reason):
                LogUnauthorized(source, AddressMask.Of(reason));
                return Problems.Problem(StatusCodes.Status401Unauthorized, "Not proven", $"The request does not prove that it comes from '{source}'.");
            case WebhookResult.Malformed(var detail):
                return Problems.Problem(StatusCodes.Status400BadRequest, "Not events of this source", detail);
            case WebhookResult.Unavailable(var reason):
                LogUnavailable(source, AddressMask.Of(reason));
                return Problems.Problem(StatusCodes.Status503ServiceUnavailable, "Cannot be proven now", "Send it again later.");
            default:
                return Problems.Problem(
                    StatusCodes.Status404NotFound, "Unknown bounce source",
                    $"There is no source '{source}'. Bounce mails go to /api/bounces/dsn, feedback reports to /api/bounces/arf, events to one of {string.Join(", ", WebhookReceiver.Sources)}.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Source}: {Count} could not be read: {Faults}")]
    private partial void LogFaults(string source, int count, string faults);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Source} refused: {Reason}")]
    private partial void LogUnauthorized(string source, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Source} cannot be proven now: {Reason}")]
    private partial void LogUnavailable(string source, string reason);
}
