using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ExplainDelivery(ExplainEndpoints explain)
{
    [Function(nameof(ExplainDelivery))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries/{deliveryId}/explain")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => explain.DeliveryAsync(request, deliveryId, cancellationToken);
}
