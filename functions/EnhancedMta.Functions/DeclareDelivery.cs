using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class DeclareDelivery(DeliveryEndpoints deliveries)
{
    [Function(nameof(DeclareDelivery))]
    [OpenTo(Role.Ingest)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "deliveries/{deliveryId}")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => deliveries.DeclareAsync(request, deliveryId, cancellationToken);
}
