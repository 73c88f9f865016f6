using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowThroughput(ThroughputEndpoints throughput)
{
    [Function(nameof(ShowThroughput))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries/{deliveryId}/throughput")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => throughput.OfDeliveryAsync(request, deliveryId, cancellationToken);
}
