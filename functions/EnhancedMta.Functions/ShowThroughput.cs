using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowThroughput(ThroughputEndpoints throughput)
{
    [Function(nameof(ShowThroughput))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries/{deliveryId}/throughput")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => throughput.OfDeliveryAsync(request, deliveryId, cancellationToken);
}
