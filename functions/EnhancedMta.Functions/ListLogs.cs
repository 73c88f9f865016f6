using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListLogs(LogEndpoints log)
{
    [Function(nameof(ListLogs))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries/{deliveryId}/logs")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => log.ListAsync(request, deliveryId, cancellationToken);
}
