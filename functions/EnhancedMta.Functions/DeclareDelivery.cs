using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class DeclareDelivery(DeliveryEndpoints deliveries)
{
    [Function(nameof(DeclareDelivery))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "deliveries/{deliveryId}")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => deliveries.DeclareAsync(request, deliveryId, cancellationToken);
}
