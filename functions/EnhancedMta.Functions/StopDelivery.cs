using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class StopDelivery(DeliveryEndpoints deliveries)
{
    [Function(nameof(StopDelivery))]
    [OpenTo(Role.Ingest)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deliveries/{deliveryId}/stop")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => deliveries.StopAsync(request, deliveryId, cancellationToken);
}
