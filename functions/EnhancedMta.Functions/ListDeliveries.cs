using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListDeliveries(DeliveryEndpoints deliveries)
{
    [Function(nameof(ListDeliveries))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries")] HttpRequest request,
        CancellationToken cancellationToken) => deliveries.ListAsync(request, cancellationToken);
}
