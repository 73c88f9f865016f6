using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ExplainDelivery(ExplainEndpoints explain)
{
    [Function(nameof(ExplainDelivery))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries/{deliveryId}/explain")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => explain.DeliveryAsync(request, deliveryId, cancellationToken);
}
