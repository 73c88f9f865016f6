using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Puts HTTP functions on their routes: key, run, result, and a problem document for what goes wrong.</summary>
internal sealed class HttpFunctions(FunctionRuntime runtime, FunctionKeys keys, string prefix, ILogger logger)
{
    /// <summary>Marks endpoints whose answers are the function's own, empty 404s included.</summary>
    private sealed class Ours;

    public void Map(WebApplication app, FunctionDescriptor function)
    {
        var trigger = (HttpTriggerAttribute)function.Trigger;
        RequestDelegate handler = context => AnswerAsync(context, function, trigger.AuthLevel);
        var route = RouteOf(function, prefix);
        var endpoint = trigger.Methods is { Length: > 0 } methods
            ? app.MapMethods(route, methods.Select(m => m.ToUpperInvariant()), handler)
            : app.Map(route, handler);
        endpoint.WithMetadata(new Ours());
    }

    /// <summary>The real host's way to run a timer function now: 202 at once, the run follows.</summary>
    public void MapAdmin(WebApplication app, IReadOnlyDictionary<string, TimerListener> timers) =>
        app.MapPost("/admin/functions/{name}", (RequestDelegate)(async context =>
        {
            var name = (string)context.Request.RouteValues["name"]!;
            var result = Refusal(context, AuthorizationLevel.Admin);
            if (result is null && !timers.ContainsKey(name)) result = Problems.NoTimer(name);
            if (result is null) _ = timers[name].RunLoggedAsync();
            await (result ?? Results.Accepted()).ExecuteAsync(context);
        })).WithMetadata(new Ours());

    /// <summary>Gives addresses and methods that no function has their problem document.</summary>
    public async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.GetEndpoint()?.Metadata.GetMetadata<Ours>() is not null) return;
        var problem = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problems.NoRoute(prefix),
            StatusCodes.Status405MethodNotAllowed => Problems.WrongMethod(context.Request.Method, context.Response.Headers.Allow.ToString()),
            _ => null,
        };
        if (problem is not null) await problem.ExecuteAsync(context);
    }

    public static string RouteOf(FunctionDescriptor function, string prefix) =>
        $"{(prefix.Length > 0 ? "/" : "")}{prefix}/{(((HttpTriggerAttribute)function.Trigger).Route ?? function.Name).TrimStart('/')}";

    private async Task AnswerAsync(HttpContext context, FunctionDescriptor function, AuthorizationLevel level)
    {
        if (function.OpenTo is not null) EnhancedMta.Http.AnswerHeaders.Set(context.Response);
        if ((Refusal(context, level) ?? AppRefusal(context, function)) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }
        await using var invocation = runtime.Start(function, context.Request, context.RequestAborted);
        try
        {
            var result = await invocation.RunAsync() ?? throw new InvalidOperationException($"{function.Name} returned no result.");
            await result.ExecuteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception e)
        {
            var problem = e switch
            {
                BadHttpRequestException bad => Problems.BadRequest(bad),
                OperationCanceledException when runtime.Stopping.IsCancellationRequested => Problems.Stopping(),
                _ => Problems.Failed(invocation.InvocationId),
            };
            // Never the address: it may hold a key in ?code=.
            if (e is not BadHttpRequestException) logger.LogError(e, "{Function} failed (invocation {InvocationId})", function.Name, invocation.InvocationId);
            if (context.Response.HasStarted) context.Abort();
            else await problem.ExecuteAsync(context);
        }
    }

    // The host's own keys open everything here: nobody has to set up roles to try things out.
    private IResult? AppRefusal(HttpContext context, FunctionDescriptor function) =>
        function.OpenTo is not { } role || keys.Open(AuthorizationLevel.Function, FunctionKeys.SentBy(context.Request))
            ? null
            : runtime.Services.GetRequiredService<HttpAccess>().Refuse(context.Request, role);

    private IResult? Refusal(HttpContext context, AuthorizationLevel level)
    {
        var key = FunctionKeys.SentBy(context.Request);
        return keys.Open(level, key) ? null : Problems.NoKey(level, key is not null);
    }
}
