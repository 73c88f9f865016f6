using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>The host's own error answers (RFC 9457).</summary>
internal static class Problems
{
    public static IResult NoKey(AuthorizationLevel level, bool sent)
    {
        var which = level == AuthorizationLevel.Function ? "a function key or the master key" : "the master key";
        return Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            title: sent ? "The key is not valid here." : "A key is missing.",
            detail: $"Send {which} in the {FunctionKeys.Header} header. The local host's keys are in the settings LocalHost__FunctionKey and LocalHost__MasterKey, or printed at start.");
    }

    public static IResult NoRoute(string prefix) => Results.Problem(
        statusCode: StatusCodes.Status404NotFound,
        title: "There is nothing at this address.",
        detail: $"No function has this route. All routes begin with /{prefix}; the start of the host's log lists them.");

    public static IResult WrongMethod(string method, string allowed) => Results.Problem(
        statusCode: StatusCodes.Status405MethodNotAllowed,
        title: "The method does not fit this address.",
        detail: $"{method} is not among the methods of this address: {allowed}.");

    public static IResult BadRequest(BadHttpRequestException e) => Results.Problem(
        statusCode: e.StatusCode,
        title: e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request body is too large." : "The request cannot be read.",
        detail: e.Message);

    public static IResult Stopping() => Results.Problem(
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: "The host is stopping.",
        detail: "The request was not finished. Send it again when the host is back.");

    public static IResult Failed(string invocationId) => Results.Problem(
        statusCode: StatusCodes.Status500InternalServerError,
        title: "The function failed.",
        detail: "The reason is in the host's log under the invocation's id.",
        extensions: new Dictionary<string, object?> { ["invocationId"] = invocationId });

    public static IResult NoTimer(string name) => Results.Problem(
        statusCode: StatusCodes.Status404NotFound,
        title: "There is no such timer function.",
        detail: $"'{name}' is not the name of a timer function of this host.");
}
