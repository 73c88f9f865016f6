using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>
/// <c>POST /admin/host/collect</c>: collects garbage and tells how large the heap is without it. The real host has no such thing; a soak needs it,
/// for what a process holds can only be told from garbage by taking that away.
/// </summary>
internal static class HostMemory
{
    public static void Map(WebApplication app, FunctionKeys keys) =>
        app.MapPost("/admin/host/collect", (RequestDelegate)(async context =>
        {
            var key = FunctionKeys.SentBy(context.Request);
            var result = keys.Open(AuthorizationLevel.Admin, key) ? Results.Json(new { HeapBytes = Collect() }) : Problems.NoKey(AuthorizationLevel.Admin, key is not null);
            await result.ExecuteAsync(context);
        }));

    private static long Collect()
    {
        // Finalizers keep what they are about for one collection more.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
