using System.Globalization;
using Azure;
using EnhancedMta.Deliveries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Problem details (RFC 9457) that say what to do.</summary>
public static partial class Problems
{
    /// <summary>Runs an endpoint so that it always answers: an exception that escapes a function can look like an empty 200.</summary>
    public static async Task<IResult> GuardAsync(ILogger logger, HttpRequest request, Func<Task<IResult>> endpoint)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(endpoint);
        try
        {
            return await endpoint().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (BadHttpRequestException e)
        {
            return Problem(e.StatusCode, "The request cannot be read", e.Message);
        }
        // Cancelled by nobody who called: storage took too long, or the host stops.
        catch (Exception e) when (e is RequestFailedException or AggregateException { InnerException: RequestFailedException } or OperationCanceledException)
        {
            LogStorage(logger, e, request.Path);
            return Unavailable(request);
        }
        catch (Exception e)
        {
            LogFault(logger, e, request.Path);
            return Problem(StatusCodes.Status500InternalServerError, "A fault of ours", "It was logged. Relaying the same messages again is safe: nothing is sent twice.");
        }
    }

    public static IResult Problem(int status, string title, string detail, params IEnumerable<KeyValuePair<string, object?>> more) =>
        Results.Problem(detail, statusCode: status, title: title, extensions: more);

    public static IResult UnknownDelivery(string deliveryId) =>
        Problem(StatusCodes.Status404NotFound, "Unknown delivery", $"No delivery '{deliveryId}' was declared. Declare it first: PUT /api/deliveries/{deliveryId}.");

    public static IResult UnknownMessage(string deliveryId, string messageId) =>
        Problem(StatusCodes.Status404NotFound, "Unknown message", $"Delivery '{deliveryId}' has no message '{messageId}'.");

    /// <summary>One problem for all fields that are wrong, each named.</summary>
    public static IResult Fields(IReadOnlyList<FieldError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var unprocessable = errors.Any(e => e.IsUnprocessable);
        return Problem(
            unprocessable ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status400BadRequest,
            "Invalid fields",
            string.Join(' ', errors.Select(e => $"{e.Field} {e.Error}")),
            [new("errors", errors.Select(e => new { field = e.Field, error = e.Error }).ToList())]);
    }

    public static IResult Query(string name, string error) => Fields([new FieldError(name, error)]);

    private static IResult Unavailable(HttpRequest request)
    {
        request.HttpContext.Response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
        return Problem(StatusCodes.Status503ServiceUnavailable, "Storage is not available", "Try again in a few seconds. Relaying the same messages again is safe: nothing is sent twice.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Storage failed in {Path}")]
    private static partial void LogStorage(ILogger logger, Exception exception, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected failure in {Path}")]
    private static partial void LogFault(ILogger logger, Exception exception, string path);
}
