using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class RelayMessages(RelayEndpoint relay)
{
    [Function(nameof(RelayMessages))]
    [OpenTo(Role.Ingest)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deliveries/{deliveryId}/messages")] HttpRequest request,
        string deliveryId,
        CancellationToken cancellationToken) => relay.RelayAsync(request, deliveryId, cancellationToken);
}
