using EnhancedMta.Bounces;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary><c>POST bounces/{source}</c>: a bounce mail that came back later. Accepted at once, worked on from the queue.</summary>
public sealed class BounceEndpoint(BounceIntake intake, ILogger<BounceEndpoint> logger)
{
    public Task<IResult> AcceptAsync(HttpRequest request, string source, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (source != BounceIntake.DsnSource)
                return Problems.Problem(StatusCodes.Status404NotFound, "Unknown bounce source", $"There is no source '{source}'. Delivery status notifications go to /api/bounces/{BounceIntake.DsnSource} as message/rfc822.");
            if (request.ContentType?.Split(';')[0].Trim().Equals("message/rfc822", StringComparison.OrdinalIgnoreCase) != true)
                return Problems.Problem(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send the whole mail as it arrived, with Content-Type: message/rfc822.");
            var recipient = request.Query["recipient"].FirstOrDefault() ?? request.Headers["X-Envelope-To"].FirstOrDefault();
            var id = await intake.AcceptAsync(request.Body, recipient, cancellationToken).ConfigureAwait(false);
            return id is null
                ? Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Bounce mail too large", $"A bounce mail has at most {BounceIntake.MaxLength} octets; cut off the returned content.")
                : ApiJson.Answer(new { Id = id }, StatusCodes.Status202Accepted);
        });
}
