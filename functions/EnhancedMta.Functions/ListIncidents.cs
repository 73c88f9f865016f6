using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListIncidents(StateEndpoints state)
{
    [Function(nameof(ListIncidents))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "incidents")] HttpRequest request,
        CancellationToken cancellationToken) => state.IncidentsAsync(request, cancellationToken);
}
