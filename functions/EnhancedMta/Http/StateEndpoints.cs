using System.Reflection;
using Azure;
using EnhancedMta.Incidents;
using EnhancedMta.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Health, incidents, and the description of this API.</summary>
public sealed class StateEndpoints(StorageAccount storage, IncidentLog incidents, TimeProvider clock, ILogger<StateEndpoints> logger)
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(5);

    /// <summary><c>GET health</c>: 200 when storage answers, 503 when not.</summary>
    public async Task<IResult> HealthAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HealthLimit);
        var began = clock.GetTimestamp();
        try
        {
            await storage.PingAsync(limit.Token).ConfigureAwait(false);
            return ApiJson.Answer(new { Status = "ok", StorageMilliseconds = Math.Round(clock.GetElapsedTime(began).TotalMilliseconds, 1), Time = clock.GetUtcNow() });
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            return ApiJson.Answer(new { Status = "storage does not answer", Time = clock.GetUtcNow() }, StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary><c>GET incidents</c></summary>
    public Task<IResult> IncidentsAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
            Paging.TryRead(request, 50, out var paging, out var problem)
                ? ApiJson.Answer(new { Incidents = await incidents.LatestAsync(paging.Limit, cancellationToken).ConfigureAwait(false) })
                : problem);

    /// <summary><c>GET openapi.json</c></summary>
    public static IResult OpenApi() => Results.Stream(OpenApiDocument(), "application/json; charset=utf-8");

    /// <summary>The document as it is served.</summary>
    public static Stream OpenApiDocument() =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream("EnhancedMta.Http.openapi.json")
            ?? throw new InvalidOperationException("The OpenAPI document is not in the assembly.");
}
