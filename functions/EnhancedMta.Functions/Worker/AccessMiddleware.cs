using System.Collections.Concurrent;
using System.Reflection;
using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace EnhancedMta.Functions.Worker;

/// <summary>Lets a request through to its HTTP function when its key opens it. The local host does the same where it calls functions.</summary>
internal sealed class AccessMiddleware(HttpAccess access) : IFunctionsWorkerMiddleware
{
    private readonly ConcurrentDictionary<string, Role> _roles = new(StringComparer.Ordinal);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (!context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase)))
        {
            await next(context);
            return;
        }

        var http = context.GetHttpContext() ?? throw new InvalidOperationException($"{context.FunctionDefinition.Name} was called without its request.");
        AnswerHeaders.Set(http.Response);
        if (access.Refuse(http.Request, _roles.GetOrAdd(context.FunctionDefinition.EntryPoint, RoleOf)) is { } refusal)
            context.GetInvocationResult().Value = refusal;
        else
            await next(context);
    }

    // What says nothing is nobody's but the administrator's.
    private static Role RoleOf(string entryPoint)
    {
        var dot = entryPoint.LastIndexOf('.');
        var method = typeof(AccessMiddleware).Assembly.GetType(entryPoint[..dot], throwOnError: true)!.GetMethod(entryPoint[(dot + 1)..]);
        return method?.GetCustomAttribute<OpenToAttribute>()?.Role ?? Role.Admin;
    }
}
