using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListDeliveries(DeliveryEndpoints deliveries)
{
    [Function(nameof(ListDeliveries))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries")] HttpRequest request,
        CancellationToken cancellationToken) => deliveries.ListAsync(request, cancellationToken);
}
