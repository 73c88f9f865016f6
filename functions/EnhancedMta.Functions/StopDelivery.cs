using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class StopDelivery(DeliveryEndpoints deliveries)
{
    [Function(nameof(StopDelivery))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "deliveries/{deliveryId}/stop")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => deliveries.StopAsync(request, deliveryId, cancellationToken);
}
