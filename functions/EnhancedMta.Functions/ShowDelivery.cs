using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowDelivery(DeliveryEndpoints deliveries)
{
    [Function(nameof(ShowDelivery))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries/{deliveryId}")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => deliveries.SummaryAsync(request, deliveryId, cancellationToken);
}
