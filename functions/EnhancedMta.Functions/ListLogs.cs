using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListLogs(LogEndpoints log)
{
    [Function(nameof(ListLogs))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries/{deliveryId}/logs")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => log.ListAsync(request, deliveryId, cancellationToken);
}
