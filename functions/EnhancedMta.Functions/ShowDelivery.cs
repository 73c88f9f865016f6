using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowDelivery(DeliveryEndpoints deliveries)
{
    [Function(nameof(ShowDelivery))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries/{deliveryId}")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => deliveries.SummaryAsync(request, deliveryId, cancellationToken);
}
