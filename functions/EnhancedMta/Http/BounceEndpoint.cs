using System.Globalization;
using EnhancedMta.Bounces;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary><c>POST bounces/{source}</c>: what came back later. Accepted at once, worked on from the queue.</summary>
public sealed class BounceEndpoint(BounceIntake intake, ILogger<BounceEndpoint> logger)
{
    public Task<IResult> AcceptAsync(HttpRequest request, string source, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, () => source is "dsn" or "arf" ? AcceptMailAsync(request, cancellationToken) : UnknownAsync(source));

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

    private static Task<IResult> UnknownAsync(string source) => Task.FromResult(Problems.Problem(
        StatusCodes.Status404NotFound, "Unknown bounce source", $"There is no source '{source}'. Bounce mails go to /api/bounces/dsn, feedback reports to /api/bounces/arf, as message/rfc822."));
}
