using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class RelayMessages(RelayEndpoint relay)
{
    [Function(nameof(RelayMessages))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "deliveries/{deliveryId}/messages")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => relay.RelayAsync(request, deliveryId, cancellationToken);
}
