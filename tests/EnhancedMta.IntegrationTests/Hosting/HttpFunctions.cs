using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.IntegrationTests.Hosting;

public static class EchoFunctions
{
    [Function("Open")]
    public static Task<IResult> OpenAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        Task.FromResult(Results.Text(request.Path));

    [Function("ReadThing")]
    public static Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "things/{id}/parts/{number}")] HttpRequest request, string id, int number, FunctionContext context) =>
        Task.FromResult(Results.Text(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {id} {number + 1} {context.FunctionDefinition.Name}")));

    [Function("WriteThing")]
    public static async Task<IResult> WriteAsync([HttpTrigger(AuthorizationLevel.Function, "put", Route = "things/{id}/parts/{number}")] HttpRequest request, string id, int number)
    {
        var length = 0L;
        var buffer = new byte[65536];
        while (await request.Body.ReadAsync(buffer) is > 0 and var read) length += read;
        return Results.Text(string.Create(CultureInfo.InvariantCulture, $"{id} {number} {length}"), statusCode: StatusCodes.Status201Created);
    }

    [Function("Rule")]
    public static Task<IResult> RuleAsync([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "rule")] HttpRequest request) =>
        Task.FromResult(Results.Text(request.Method));

    [Function("Break")]
    public static Task<IResult> BreakAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "break")] HttpRequest request) =>
        throw new InvalidOperationException("the secret inside of " + request.Method);

    [Function("Nothing")]
    public static Task<IResult> NothingAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "nothing/{id:guid}")] HttpRequest request, Guid id) =>
        Task.FromResult(id == Guid.Empty ? Results.NotFound() : Results.Text(request.Method));
}

public sealed class SlowFunction(SlowProbe probe)
{
    [Function("Slow")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow")] HttpRequest request, CancellationToken cancellationToken)
    {
        probe.Started.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return Results.Text(request.Method);
    }
}

public sealed class SlowProbe
{
    public TaskCompletionSource Started { get; } = new();
}
